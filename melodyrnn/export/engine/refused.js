// What is asked for and cannot be done. `code` and `values` are for whoever says it in another
// language; the message says it in English.
export class Refused extends Error {
  constructor(code, values, message) {
    super(message);
    this.name = "Refused";
    this.code = code;
    this.values = values;
  }
}
