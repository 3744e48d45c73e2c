// What is left of a whole number, 0 or more.
export function remainder(number, divisor) {
  return ((number % divisor) + divisor) % divisor;
}

// The greatest common divisor.
export function commonDivisor(a, b) {
  return b ? commonDivisor(b, a % b) : a;
}
