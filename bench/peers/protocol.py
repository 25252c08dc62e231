"""Peers in Python: the questions of peer.ts and their answers, line by line."""

import json
import math
import sys
import time


def say(**message):
    print(json.dumps(message), flush=True)


class Normals:
    """Normal numbers that are kept from question to question: making them takes longer than most workloads."""

    def __init__(self, make):
        """`make(n)` gives n standard normal float32 numbers."""
        self.make = make
        self.numbers = []

    def matrix(self, rows, width):
        if len(self.numbers) < rows * width:
            self.numbers = self.make(rows * width)
        return self.numbers[: rows * width].reshape(rows, width)


def query_factor(width, seen):
    """Factor that makes a query of one of `seen` rows, which gets about half of its weight: see operands.ts."""
    return math.sqrt(width) - math.sqrt(max(0, width - 2 * math.log(seen)))


def spread_rows(rows, take):
    """A list of `take` rows from all over: spreadLists of operands.ts."""
    step = rows // take
    return [i * step + i * 7919 % step for i in range(take)]


def moments(mean, variance, count):
    """Agreement of a peer's own random numbers: how far mean and variance are from 0 and 1."""
    difference = max(abs(mean), abs(variance - 1))
    return dict(difference=difference, largest=1, tolerance=6 * math.sqrt(2 / count))


def milliseconds(run):
    start = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - start)


def measure(run, seconds, warmUp):
    """As timeCalls of timing.ts."""
    if warmUp:
        run()
    times = [milliseconds(run)]
    while sum(times) < 1000 * seconds and len(times) < 1000:
        times.append(milliseconds(run))
    return dict(times=times)


sizes = ("kind", "queries", "rows", "width", "take")


def serve(version, threads, call_of, check):
    """
    Greets, then answers questions until there are no more.

    `call_of(kind, queries, rows, width, take)` gives (run, sample of its result, what makes that in float64);
    `check(run, sample, expected)` gives the agreement.
    """
    say(version=version, threads=threads)
    for line in sys.stdin:
        question = json.loads(line)
        try:
            run, sample, expected = call_of(**{name: question["workload"][name] for name in sizes})
            if "effort" in question:
                say(**measure(run, **question["effort"]))
            else:
                say(**check(run, sample, expected))
        except Exception as error:  # whatever is wrong with one workload, the others can be asked for
            say(failed=str(error).split("\n")[0])
