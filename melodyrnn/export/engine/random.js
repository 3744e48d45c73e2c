// The random numbers of numpy.random.default_rng, bit for bit: SeedSequence and PCG64 (O'Neill
// 2014, "PCG: A family of simple fast space-efficient statistically good algorithms for random
// number generation"; the constants are those of NumPy).

const POOL = 4; // words of 32 bits
const HASH_START = 0x43b0d7e5;
const HASH_FACTOR = 0x931e8875;
const OUT_START = 0x8b51f9dd;
const OUT_FACTOR = 0x58f38ded;
const MIX_LEFT = 0xca01f9dd;
const MIX_RIGHT = 0x4973f715;
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const WORD_MASK = (1n << 32n) - 1n;
const HALF_MASK = (1n << 64n) - 1n;
const WHOLE_MASK = (1n << 128n) - 1n;

// `count` numbers in [0, 1): those of default_rng(entropy).random(count), where `entropy` is a row
// of whole numbers of 0 or more.
export function uniforms(entropy, count) {
  const stream = new Pcg64(entropy);
  return Float64Array.from({ length: count }, () => stream.random());
}

class Pcg64 {
  constructor(entropy) {
    const [a, b, c, d] = seedState(entropy);
    this.increment = ((((c << 64n) | d) << 1n) | 1n) & WHOLE_MASK;
    this.state = (this.increment + ((a << 64n) | b)) & WHOLE_MASK;
    this.advance();
  }

  advance() {
    this.state = (this.state * MULTIPLIER + this.increment) & WHOLE_MASK;
  }

  // The upper 53 bits of the next 64 (XSL RR: the halves xored, turned by the topmost 6 bits).
  random() {
    this.advance();
    const folded = (this.state >> 64n) ^ (this.state & HALF_MASK);
    const turn = this.state >> 122n;
    const turned = ((folded >> turn) | (folded << (64n - turn))) & HALF_MASK;
    return Number(turned >> 11n) / 2 ** 53;
  }
}

// SeedSequence(entropy).generate_state(4, uint64).
function seedState(entropy) {
  const pool = mixed(entropy.flatMap(wordsOf));
  let constant = OUT_START;
  const words = Array.from({ length: 8 }, (_, place) => {
    let value = pool[place % POOL] ^ constant;
    constant = Math.imul(constant, OUT_FACTOR);
    value = Math.imul(value, constant);
    return BigInt((value ^ (value >>> 16)) >>> 0);
  });
  return [0, 2, 4, 6].map((place) => words[place] | (words[place + 1] << 32n));
}

// A whole number in words of 32 bits, the lowest first.
function wordsOf(number) {
  const words = [];
  let left = BigInt(number);
  do {
    words.push(Number(left & WORD_MASK));
    left >>= 32n;
  } while (left);
  return words;
}

function mixed(words) {
  let constant = HASH_START;
  const hashed = (word) => {
    let value = word ^ constant;
    constant = Math.imul(constant, HASH_FACTOR);
    value = Math.imul(value, constant);
    return value ^ (value >>> 16);
  };
  const pool = Array.from({ length: POOL }, (_, place) => hashed(words[place] ?? 0));
  const stir = (to, word) => {
    const value = Math.imul(MIX_LEFT, pool[to]) - Math.imul(MIX_RIGHT, hashed(word));
    pool[to] = value ^ (value >>> 16);
  };
  for (let from = 0; from < POOL; from++)
    for (let to = 0; to < POOL; to++) if (from !== to) stir(to, pool[from]);
  for (const word of words.slice(POOL)) for (let to = 0; to < POOL; to++) stir(to, word);
  return pool;
}
