// The document of a run (melodyrnn/export/document.py) as a model.

import { averaged } from "./ensemble.js";
import { LookingBack } from "./lookback.js";
import { Network } from "./network.js";
import { Refused } from "./refused.js";
import { Matrix } from "./vectors.js";
import { Viewpoints } from "./viewpoints.js";

const FORMAT = 1;

// The document, with `predictor` (see network.js) in the place of its weights.
export function modelOf(document) {
  if (document.format !== FORMAT) {
    const words = "the page holds a run of another version of melodyrnn; export it anew";
    throw new Refused("format", { format: document.format }, words);
  }
  const { weights, members, network, views, lookback, ...rest } = document;
  const { whole_songs: wholeSongs = null, ...model } = rest;
  const bytes = Uint8Array.from(atob(weights), (letter) => letter.charCodeAt(0)).buffer;
  const array = (stored) => arrayOf(bytes, stored);
  const make = views
    ? (member) => new Viewpoints(byName(member, array), views)
    : (member) => new Network(network, member.map(array));
  const wrap = lookback ? (member) => new LookingBack(make(member), lookback, model.window) : make;
  const predictor = averaged(members.map(wrap));
  return { ...model, predictor, wholeSongs: wholeSongs && withBytes(wholeSongs, bytes) };
}

// What songs weigh as wholes, with its tables of bytes: `ratios`, one of each kind of runs, and
// `known`.
function withBytes({ ratios, known, ...numbers }, bytes) {
  const [kinds, size] = ratios.shape;
  const table = (_, kind) => new Int8Array(bytes, ratios.at + kind * size, size);
  return {
    ...numbers,
    ratios: Array.from({ length: kinds }, table),
    known: new Uint8Array(bytes, known.at, ...known.shape),
  };
}

function byName(member, array) {
  return Object.fromEntries(Object.entries(member).map(([name, stored]) => [name, array(stored)]));
}

// Numbers that stand at a place of all bytes, as a vector or, of two axes, a Matrix.
function arrayOf(bytes, { at, shape, half }) {
  const count = shape.reduce((product, each) => product * each, 1);
  const values = half
    ? Float32Array.from(new Uint16Array(bytes, at, count), ofHalf)
    : new Float32Array(bytes, at, count);
  return shape.length === 2 ? new Matrix(values, ...shape) : values;
}

// A number in half precision (IEEE 754 binary16).
function ofHalf(bits) {
  const sign = bits >> 15 ? -1 : 1,
    exponent = (bits >> 10) & 31,
    fraction = bits & 1023;
  if (!exponent) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
