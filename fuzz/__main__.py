"""``python -m fuzz [READER ...]``: a fuzz campaign. Exit status 1 where something fell."""

import argparse
import sys
from hashlib import sha256
from pathlib import Path

from fuzz.campaign import Campaign, by_atheris
from fuzz.targets import ABOUT, TARGETS


def main() -> int:
    listed = "\n".join(f"  {name:11} {ABOUT.get(name, '')}" for name in TARGETS)
    parser = argparse.ArgumentParser(
        prog="python -m fuzz",
        description="Tries broken inputs on what reads them.",
        epilog=f"readers:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("reader", nargs="*", help="what is tried (default: all)")
    parser.add_argument("--runs", type=int, default=10_000, help="inputs a reader")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="at most, a reader")
    parser.add_argument("--seed", type=int, default=0, help="the same inputs for the same seed")
    parser.add_argument(
        "--coverage", action="store_true", help="change further what reaches new lines"
    )
    parser.add_argument("--keep", type=Path, help="a folder for the inputs that fell")
    parser.add_argument(
        "--atheris", action="store_true", help="let atheris guide it; needs that package"
    )
    given = parser.parse_args()
    if unknown := set(given.reader) - set(TARGETS):
        parser.error(f"no such reader: {', '.join(sorted(unknown))}")
    fell = 0
    for name in given.reader or TARGETS:
        if given.atheris:
            by_atheris(TARGETS[name], [f"-runs={given.runs}"])
            continue
        campaign = Campaign(TARGETS[name])
        campaign.run(given.runs, given.seed, given.seconds, given.coverage)
        print(f"{name:11} {campaign}", flush=True)
        for what, data in campaign.findings.items():
            fell += 1
            print(f"            {campaign.counts[what]:,} times {what}\n            {data[:120]!r}")
            if given.keep:
                given.keep.mkdir(parents=True, exist_ok=True)
                (given.keep / f"{name}-{sha256(data).hexdigest()[:12]}").write_bytes(data)
    return bool(fell)


if __name__ == "__main__":
    sys.exit(main())
