"""almanac serve: a built edition on this machine."""

from __future__ import annotations

import functools
import http.server
import sys
from pathlib import Path
from typing import Annotated

import typer


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files with the same strict policy that the pages declare, and says nothing on stdout."""

    def end_headers(self) -> None:
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def serve(
    built: Annotated[Path, typer.Argument(help="A folder that `almanac build` made.")] = Path("build/2025"),
    port: Annotated[int, typer.Option("--port", "-p", help="Port; 0 for any that is free.")] = 8000,
) -> None:
    """Serve a built edition on the loopback address until interrupted."""
    if not (built / "index.html").is_file():
        print(f"{built} holds no index.html: run `almanac build` first", file=sys.stderr)
        raise typer.Exit(3)
    handler = functools.partial(_Handler, directory=str(built))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        print(f"port {port}: {error.strerror}; choose another with --port", file=sys.stderr)
        raise typer.Exit(2) from error
    with server:
        print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
