"""One run of everything on two servers in turn: the reference server and labeld."""

import machine
import manager
import operations
import tasks
from bulk import Bulk
from operations import WORKERS
from reference import Reference

REFERENCE_TASKS_PER_S = 300     # more than it hands out
CLIENTS = 8


def run(bench, port):
    bench.say("setting up the reference server")
    reference = Reference(bench.arguments.reference, bench.target, WORKERS, bench.work, port)
    try:
        if bench.arguments.only and bench.wanted("dm"):
            manager.compare(bench.target, reference, bench.arguments.reference_tasks)
            return
        pairs = prepare(bench, reference)
        for i in range(bench.arguments.reference_runs):
            for pair in pairs:
                bench.say(f"{pair[0].name} on both, run {i + 1}")
                for one in pair:
                    measure(one, i)
        table(pairs, bench.target, reference)
    finally:
        reference.close()


def prepare(bench, reference):
    n, both = bench.arguments.reference_tasks, (bench.target, reference)
    found = [tuple(Bulk(target, name, n, make, bench.work) for target in both)
             for name, make in (("plain", tasks.plain_task), ("with annotations", tasks.labelled_task))]
    if set((bench.arguments.only or "").split(",")) == {"bulk", "reference"}:
        return found
    if not bench.tokens:
        bench.tokens, bench.users = bench.target.annotators(CLIENTS)
    tokens = {bench.target: bench.tokens, reference: reference.annotators(CLIENTS)[0]}
    made = [operations.gets(bench, t, n, (CLIENTS,)) + operations.lists(bench, t, n) + operations.labels(bench, t, n, (CLIENTS,), tokens[t], [])
            for t in both]
    return list(zip(*made)) + found


def measure(one, i):
    one.measure_server() if isinstance(one, Bulk) else one.measure()


# ---- the table ----

def rows_of(one):
    return one.server_rows() if isinstance(one, Bulk) else [one.row()]


def times(ours, theirs):
    return f"{ours / theirs:.0f}×" if theirs else "–"


def table(pairs, labeld, reference):
    print(f"\n{'beside the reference server':34}{'labeld/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'reference/s':>13}{'p50 ms':>9}{'p99 ms':>9}{'faster':>9}"
          "   memory grown, MB")
    for pair in pairs:
        for ours, theirs in zip(*map(rows_of, pair)):
            grown = f"{ours['grown_mb']:8.1f}{theirs['grown_mb']:8.1f}" if "grown_mb" in ours else ""
            print(f"{ours['name']:34}{ours['rate']:10,.0f}{ours['p50']:9.1f}{ours['p99']:9.1f}{theirs['rate']:13,.1f}{theirs['p50']:9.1f}{theirs['p99']:9.1f}"
                  f"{times(ours['rate'], theirs['rate']):>9}   {grown}")
            for who, row in (("labeld", ours), ("reference", theirs)):
                if row["note"].strip():
                    print(f"  {who}: {row['note'].strip()}")
    ours = machine.pss_mb(labeld.pids["labeld"], labeld.pids["jobs"])
    theirs = machine.pss_mb(reference.pids["reference"])
    print(f"memory (Pss) of the programs: labeld {ours:.1f} MB, reference {theirs:.1f} MB, {theirs / ours:.0f}×")
