// What the page says, in English and in Korean. A function makes a sentence of values.

const WORDS = {
  en: {
    facts: (model, parameters) => `${model}, ${parameters} parameters`,
    primer: "Beginning",
    primerHint:
      "Notes such as g8 e8 e4 f8: pitch, then 1 2 4 8 16; ' an octave up, # sharp, - " +
      "flat, r a rest.",
    primerTextHint: "What the text begins with.",
    piano: "Piano: adds a note to the beginning",
    value: "Note value",
    rest: "Rest",
    remove: "Remove the last note",
    bars: "Bars",
    length: "Length, in notes",
    lengthText: "Length, in characters",
    meter: "Meter",
    key: "Key",
    anyhow: "as it comes",
    learnedKeys: "in the songs it learned",
    otherKeys: "others",
    temperature: "Temperature",
    temperatureHint: "Below 1 safer, above 1 bolder; 0 always takes the likeliest.",
    topP: "Top-p",
    topPHint: "Draws only among the likeliest that together hold so much; 1: all.",
    seed: "Seed",
    seedHint: "The same seed and settings give the same result, here and by the command.",
    another: "Another seed",
    count: "Takes",
    end: "End on a long tonic",
    ties: "Tie notes across bar lines",
    avoidLoops: "Never fall into a loop",
    more: "More settings",
    make: "Make a tune",
    makeText: "Write a text",
    stop: "Stop",
    takes: "Takes",
    tempo: "Quarter notes per minute",
    follow: "Scroll with the music",
    hint:
      "Press a note to play from there. In a score, the arrow keys go from note to note " +
      "and the space bar plays.",
    play: (title) => `Play: ${title}`,
    score: (title) => `Note of: ${title}`,
    note: (number, all, token) => `note ${number} of ${all}: ${token}`,
    bits: (bits) => `${bits} bits per note`,
    bitsText: (bits) => `${bits} bits per character`,
    counted: (notes, bars) => `${plural(notes, "note")}, ${plural(bars, "bar")}`,
    given: (primer) => `the first ${primer} given`,
    notes: "As text",
    copy: "Copy",
    copied: "Copied",
    download: (format) => `Download ${format}`,
    command: "The same by the command line",
    done: (count) => `${plural(count, "take")} below`,
    stopped: "Stopped.",
    major: "major",
    minor: "minor",
  },
  ko: {
    facts: (model, parameters) => `${model}, 매개변수 ${parameters}개`,
    primer: "시작",
    primerHint:
      "g8 e8 e4 f8처럼 적습니다. 음이름 뒤에 음표 길이 1 2 4 8 16, '는 한 옥타브 위, #은 올림표, -는 내림표, r은 " +
      "쉼표입니다.",
    primerTextHint: "글이 무엇으로 시작하는지 적습니다.",
    piano: "건반: 누르면 시작에 음이 더해집니다",
    value: "음표 길이",
    rest: "쉼표",
    remove: "마지막 음 지우기",
    bars: "마디 수",
    length: "길이(음 수)",
    lengthText: "길이(글자 수)",
    meter: "박자",
    key: "조",
    anyhow: "정하지 않음",
    learnedKeys: "배운 노래에 있는 조",
    otherKeys: "그 밖의 조",
    temperature: "온도(temperature)",
    temperatureHint: "1보다 낮으면 안전하게, 높으면 대담하게 고릅니다. 0이면 언제나 가장 그럴듯한 것만 고릅니다.",
    topP: "top-p",
    topPHint: "그럴듯한 것부터 이만큼의 확률 안에서만 고릅니다. 1이면 모두에서 고릅니다.",
    seed: "시드",
    seedHint: "시드와 설정이 같으면 이 페이지에서도 명령으로도 같은 결과가 나옵니다.",
    another: "다른 시드",
    count: "몇 곡",
    end: "긴 으뜸음으로 끝내기",
    ties: "마디를 넘는 붙임줄 쓰기",
    avoidLoops: "같은 가락을 맴돌지 않기",
    more: "설정 더 보기",
    make: "가락 만들기",
    makeText: "글 쓰기",
    stop: "멈추기",
    takes: "만든 것",
    tempo: "빠르기(1분에 4분음표)",
    follow: "연주를 따라 화면 옮기기",
    hint: "음표를 누르면 거기서부터 연주합니다. 악보에서 화살표 키로 음표를 옮겨 다니고 스페이스 바로 연주합니다.",
    play: (title) => `연주: ${title}`,
    score: (title) => `${title}의 음표`,
    note: (number, all, token) => `음표 ${all}개 가운데 ${number}번째: ${token}`,
    bits: (bits) => `음마다 ${bits}비트`,
    bitsText: (bits) => `글자마다 ${bits}비트`,
    counted: (notes, bars) => `음표 ${notes}개, ${bars}마디`,
    given: (primer) => `처음 ${primer}개는 주어진 음`,
    notes: "글자로 보기",
    copy: "복사",
    copied: "복사했습니다",
    download: (format) => `${format} 내려받기`,
    command: "같은 것을 만드는 명령",
    done: (count) => `아래에 ${count}개를 만들었습니다`,
    stopped: "멈췄습니다.",
    major: "장조",
    minor: "단조",
  },
};

// What an error of the engine says in Korean, by its code; in English it says it itself.
const REFUSALS = {
  notation: ({ text, column }) => `시작의 ${column + 1}번째 글자부터 읽을 수 없습니다: “${text}”`,
  primerShort: ({ has, needs }) => `시작이 ${has}개뿐입니다. ${needs}개 이상 적어 주십시오.`,
  unknownCharacter: ({ character }) => `이 모델이 모르는 글자입니다: “${character}”`,
  meter: ({ text }) => `박자가 아닙니다: ${text}`,
  key: ({ text }) => `조가 아닙니다: ${text}`,
  pickup: ({ text }) => `못갖춘마디의 길이가 아닙니다: ${text}`,
  range: ({ value, least, most }) => `${value}은(는) 쓸 수 없습니다. ${least}에서 ${most} 사이로 적어 주십시오.`,
  noEffect: ({ name }) => `여기서는 ${name} 설정이 쓰이지 않습니다. 비워 두십시오.`,
  outOfKey: ({ note, token, key }) => `시작의 ${note}번째 음 ${token}은(는) ${key}의 음계에 없습니다.`,
  acrossBar: ({ note, token, meter }) => `시작의 ${note}번째 음 ${token}이(가) ${meter} 마디를 넘어갑니다.`,
  primerLong: ({ bars }) => `시작이 ${bars}마디보다 깁니다.`,
  lastNote: ({ note, token, tonic }) => `${note}번째 음 ${token}은(는) 으뜸음 ${tonic}(으)로 끝나지 않습니다.`,
  noWay: ({ asked }) => `이 조건을 끝까지 지킬 길이 없습니다(${asked}). 조건을 줄여 주십시오.`,
  lengthShort: ({ fewest, length }) => `길이 ${length}(으)로는 모자랍니다. ${fewest} 이상으로 적어 주십시오.`,
  replaced: ({ pairs }) =>
    `이 모델이 모르는 음을 바꾸었습니다: ${pairs.map(([given, known]) => `${given} → ${known}`).join(", ")}`,
  loop: ({ number, period, rounds }) =>
    `${number + 1}번째 곡은 마지막 ${period}개 음을 ${rounds}번 되풀이하며 맴돕니다. 온도를 높여 보십시오.`,
  shortEnd: ({ meter }) => `${meter} 마디를 채우는 긴 음을 배우지 못해 짧은 음으로 끝납니다.`,
};

const plural = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

// The language that the reader's browser asks for.
export function preferredLanguage() {
  const asked = navigator.languages.map((tag) => tag.split("-")[0]);
  return asked.find((tag) => tag in WORDS) ?? "en";
}

export function say(language, name, ...values) {
  const words = WORDS[language][name];
  return typeof words === "function" ? words(...values) : words;
}

// An error or a remark of the engine.
export function sayRefusal(language, { code, values, message }) {
  const words = language === "ko" && REFUSALS[code];
  return words ? words(values) : message;
}
