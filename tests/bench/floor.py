"""The floor of an operation: what PostgreSQL needs for the statements that labeld sends, and what nginx and FastCGI need for
an answer of that size. Nothing here is written by hand: the statements are read from the server's log of one request."""

import glob
import os
import re
import subprocess
import time

import machine

ENTRY = re.compile(r"^postgres\[(\d+)\] (LOG|DETAIL):  (.*)$")
# What src/db/db.c sets for sessions of the web pool: the floor gets the same plans.
SESSION = "-c search_path=labeld -c jit=off -c enable_seqscan=off -c plan_cache_mode=force_generic_plan"
PARAMETER = re.compile(r"\$(\d+) = (NULL|'((?:[^']|'')*)')")


class Database:
    def __init__(self, conninfo):
        self.conninfo = conninfo
        self.env = {**os.environ, "PGOPTIONS": "-c search_path=labeld"}
        parts = dict(part.split("=", 1) for part in conninfo.split())
        self.where = ["-h", parts["host"], "-p", parts["port"], "-U", parts["user"]]
        self.name = parts["dbname"]

    def psql(self, *commands):
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.conninfo]
        for text in commands:
            command += ["-c", text]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=self.env).stdout.strip()

    def pgbench(self, script, variables, clients, seconds):
        """Scripts per second."""
        command = ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, os.cpu_count())), "-T", str(seconds), "-f", script, *self.where]
        for name, value in variables.items():
            command += ["-D", f"{name}={value}"]
        done = subprocess.run([*command, self.name], capture_output=True, text=True, env={**os.environ, "PGOPTIONS": SESSION})
        rate = re.search(r"^tps = ([\d.]+) \(without", done.stdout, re.M)
        if done.returncode != 0 or not rate:
            raise RuntimeError(f"pgbench: {done.stdout[-800:]}{done.stderr[-2000:]}")
        return float(rate.group(1))


def queries(source):
    """Named queries of the program: name → [(parameter, type)], [column]."""
    found = {}
    for path in glob.glob(os.path.join(source, "src/*/*.sql")):
        with open(path) as file:
            text = re.sub(r"\n--(?! *@(?:query|columns))", " ", file.read())
        shared = dict(re.findall(r"-- @columns (\w+) -> (\([^)]*\))", text))
        text = re.sub(r"-> @(\w+)", lambda use: "-> " + shared[use.group(1)], text)
        for name, parameters, columns in re.findall(r"-- @query (\w+) :\w+ \(([^)]*)\)(?:\s*->\s*\(([^)]*)\))?", text):
            found[name] = ([tuple(p.split(None, 1)) for p in re.split(r",\s*", parameters.strip()) if p],
                           re.split(r",\s*", columns.strip()) if columns else [])
    return found


# ---- what one request sends ----

class Statement:
    def __init__(self, pid, text):
        self.pid, self.parameters = pid, {}
        named = re.match(r"execute (\w+): (.*)$", text, re.S)
        self.name, self.text = (named.group(1), named.group(2)) if named else (None, re.sub(r"^(statement|execute <unnamed>): ", "", text))

    def __str__(self):
        return self.name or self.text


def read_log(path, offset):
    with open(path, errors="replace") as file:
        file.seek(offset)
        lines = file.read().split("\n")
    statements, into = [], None
    for line in lines:
        entry = ENTRY.match(line)
        if entry and entry.group(2) == "LOG" and re.match(r"(execute|statement)\b", entry.group(3)):
            into = [int(entry.group(1)), entry.group(3)]
            statements.append(into)
        elif entry and entry.group(2) == "DETAIL":
            into = next((s for s in reversed(statements) if s[0] == int(entry.group(1))), [0, ""])
            into.append(entry.group(3))
        elif line.startswith("\t") and into:
            into[-1] += "\n" + line[1:]
        else:
            into = None
    return statements


def capture(database, log, request):
    """The statements that the web workers send for one request, in order."""
    database.psql("ALTER SYSTEM SET log_statement = 'all'", "SELECT pg_reload_conf()")
    time.sleep(0.5)
    try:
        request()      # the first one may prepare, and note the use of the token
        offset = os.path.getsize(log)
        request()
        time.sleep(0.3)
        workers = set(database.psql("SELECT pid FROM pg_stat_activity WHERE application_name = 'labeld-web'").split())
    finally:
        database.psql("ALTER SYSTEM RESET log_statement", "SELECT pg_reload_conf()")
    statements = []
    for pid, text, *details in read_log(log, offset):
        if str(pid) not in workers:
            continue
        statement = Statement(pid, text)
        for detail in details:
            for number, whole, value in PARAMETER.findall(detail):
                statement.parameters[int(number)] = None if whole == "NULL" else value.replace("''", "'")
        if statement.name not in BATCHED:
            statements.append(statement)
    if not statements:
        raise RuntimeError("the log shows no statement of the request")
    return statements


# Written for many requests at once, when the worker has nothing else to do: no request's own.
BATCHED = {"activity_add"}


# ---- the same as a pgbench script ----

class Script:
    """`known`: (value of the captured request, names of parameters that it stands in, pgbench expression that replaces it).
    `flows`: (query, parameter) → variable, where a result flows into a later parameter; results are variables <query>_<column>."""

    def __init__(self, database, source, known, flows, setup):
        self.database, self.known, self.flows = database, known, flows
        self.queries = queries(source)
        self.lines, self.variables = list(setup), {}

    def value(self, statement, number):
        name, kind = (self.queries.get(statement.name, ([], []))[0] + [("", "")] * 99)[number - 1]
        cast = f"::{kind}" if kind else ""
        value = statement.parameters.get(number)
        flow = self.flows.get((statement.name, name))
        if flow:
            return f":{flow}{cast}" if not kind.endswith("[]") else f"ARRAY[:{flow}]{cast}"
        if value is None:
            return f"NULL{cast}"
        for known, names, expression in self.known:
            if name in names and value == known:
                return f"({expression}){cast}"
            if name in names and value == "{%s}" % known:
                return f"ARRAY[{expression}]{cast}"
        if value == "":
            return f"''{cast}"
        variable = f"c{len(self.variables)}"
        self.variables[variable] = value
        return f":{variable}{cast}"

    def add(self, statement, keep=False, when=None):
        """keep: the columns of the result become variables; when: only if this expression of pgbench holds."""
        text = re.sub(r"\$(\d+)(?:::\w+(?:\[\])?)?", lambda m: self.value(statement, int(m.group(1))), statement.text).strip().rstrip(";")
        lines = [text + (f" \\aset {statement.name}_" if keep else ";")]
        self.lines += [f"\\if {when}", *lines, "\\endif"] if when else lines

    def write(self, path):
        with open(path, "w") as file:
            file.write("\n".join(self.lines) + "\n")
        os.chmod(path, 0o644)


# ---- the empty handler ----

class EmptyHandler:
    """An nginx with the instance's configuration before workers that do nothing."""

    def __init__(self, server, build, workers, port):
        self.run, self.port = os.path.join(server.dir, "run"), port
        environment = machine.environ(server.pids["labeld"])
        self.socket = os.path.join(os.path.dirname(environment["LABELD_WEB_LISTEN"]), "empty.sock")
        self.conf = os.path.join(self.run, "empty")
        os.makedirs(self.conf, exist_ok=True)
        for name in ("http", "labeld", "main"):
            self.configure(name, server, environment)
        self.processes = [
            self.start([os.path.join(build, "tests/bench/empty_fcgi"), self.socket, str(workers)]),
            self.start(["nginx", "-e", "stderr", "-p", os.path.dirname(self.socket), "-c", f"{self.conf}/nginx-main.conf"]),
        ]
        time.sleep(0.5)

    def start(self, command):
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, **machine.as_service())

    def configure(self, name, server, environment):
        with open(f"{self.run}/nginx-{name}.conf") as file:
            text = file.read()
        text = text.replace(f"{self.run}/nginx-", f"{self.conf}/nginx-").replace(environment["LABELD_WEB_LISTEN"], self.socket)
        text = text.replace(f":{server.url.rsplit(':', 1)[1]};", f":{self.port};").replace("nginx.pid", "empty.pid")
        with open(f"{self.conf}/nginx-{name}.conf", "w") as file:
            file.write(text)

    def first_answer_s(self, server, build):
        """From starting labeld in the handler's place to its first 200, in seconds."""
        self.processes[0].terminate()
        self.processes[0].wait()
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        environment = {**machine.environ(server.pids["labeld"]), "LABELD_WEB_LISTEN": self.socket, "LABELD_SLOW_LISTEN": self.socket + ".slow"}
        begun = time.monotonic()
        process = subprocess.Popen([os.path.join(build, "labeld")], env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   **machine.as_service())
        self.processes[0] = process
        ready = ["curl", "-fs", "-o", "/dev/null", f"http://127.0.0.1:{self.port}/ready"]
        while not os.path.exists(self.socket) or subprocess.run(ready).returncode != 0:
            time.sleep(0.001)
            if process.poll() is not None or time.monotonic() - begun > 30:
                raise RuntimeError("labeld did not start")
        return time.monotonic() - begun

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()
