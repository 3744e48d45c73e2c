"""The studio at work, and somebody who asks it things: by HTTP, as a browser does."""

import http.client
import json
import os
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from processes import running


class Client:
    """``url`` is what the studio printed."""

    def __init__(self, url, process):
        self.url, self.process = url, process
        parts = urlsplit(url)
        self.host, self.port, self.root = parts.hostname, parts.port, parts.path

    def send(self, path, body=None, method=None, headers=None, root=None):
        """Status, headers and bytes."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
        data = json.dumps(body).encode() if isinstance(body, dict | list) else body
        method = method or ("GET" if body is None else "POST")
        connection.request(method, (root or self.root) + path, data, headers or {})
        answer = connection.getresponse()
        found = answer.status, answer.headers, answer.read()
        connection.close()
        return found

    def ask(self, path, body=None, method=None, status=200):
        """The document."""
        found, _, data = self.send(path, body, method)
        assert found == status, data
        return json.loads(data) if data else None

    def error(self, path, body=None, method=None, status=400):
        """The one line of an error."""
        said = self.ask(path, body, method, status)["error"]
        assert "\n" not in said
        return said

    def events(self, job, last=None):
        """Those of a job, with their numbers, to its end."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
        headers = {} if last is None else {"last-event-id": str(last)}
        connection.request("GET", f"{self.root}api/jobs/{job}/events", headers=headers)
        answer, number = connection.getresponse(), 0
        assert answer.headers["content-type"].startswith("text/event-stream")
        try:
            for line in answer:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "id":
                    number = int(value)
                elif name == "data":
                    yield number, json.loads(value)
        finally:
            answer.close()
            connection.close()

    def end(self, job):
        """The event with which a job ends."""
        *_, (_, last) = self.events(job)
        return last


@contextmanager
def studio(folder, *arguments, cwd=None):
    """The studio, which keeps things in ``folder``, in a process of its own."""
    options = ("--no-browser", "--port", 0, "--folder", folder, *arguments)
    with running("studio", *options, cwd=cwd or folder, stdout=-1) as process:
        url = process.stdout.readline().decode().strip()
        assert url.startswith("http://"), process.communicate()
        client = Client(url, process)
        try:
            yield client
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(20)


def children(process):
    """The ids of the processes that it began, and of theirs; Linux says so."""
    found, waiting = [], [process]
    while waiting:
        parent = waiting.pop()
        for task in Path(f"/proc/{parent}/task").iterdir():
            with suppress(FileNotFoundError):  # a thread that ended meanwhile
                some = [int(each) for each in (task / "children").read_text().split()]
                found += some
                waiting += some
    return found


def processor(processes):
    """Seconds that they have computed."""
    ticks = 0
    for process in processes:
        with suppress(FileNotFoundError):  # one that has ended
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def gone(processes, seconds=10):
    """Whether they all end."""
    deadline = time.monotonic() + seconds
    while any(_lives(each) for each in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _lives(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


linux = sys.platform == "linux"
