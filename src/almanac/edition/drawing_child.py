"""The process that draws charts beside the one that builds, run as a file: it imports nothing but the renderer.

A list of Vega-Lite specifications comes on stdin as JSON, the list of their drawings goes to stdout.
"""

from __future__ import annotations

import json
import sys

import vl_convert


def draw(specs: list[str], version: str) -> list[str]:
    """The SVG of each specification, which is JSON."""
    return [str(vl_convert.vegalite_to_svg(json.loads(spec), vl_version=version)) for spec in specs]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(draw(json.load(sys.stdin), sys.argv[1])))
