"""The reference server beside labeld: label-studio from a virtual environment, on a database of its own in the same cluster, with as many
workers behind an nginx of the same settings. Only its HTTP interface is used."""

import glob
import html
import http.cookies
import os
import re
import subprocess
import sys
import time
import urllib.parse

import machine
from target import BODY_MOST, Target

TOKEN = "5ba7e11d" * 5
PASSWORD = "reference-password"
START_S, STOP_S = 120, 30


class Reference(Target):
    name, workers = "reference", "reference"

    def __init__(self, venv, beside, n_workers, work, port):
        self.venv, self.work, self.n_workers = os.path.abspath(venv), os.path.join(work, "reference"), n_workers
        self.processes, self.log_file = [], os.path.join(work, "reference.log")
        os.makedirs(self.work)
        super().__init__(f"http://127.0.0.1:{port}", TOKEN)
        beside.database.psql("CREATE DATABASE reference TEMPLATE template0 ENCODING 'UTF8'")
        self.env = self.environment(beside.database.where)
        try:
            self.initialize()
            self.start(beside)
        except BaseException:
            self.close()
            raise

    def environment(self, where):
        host, port, user = where[1], where[3], where[5]
        return {**os.environ, "DJANGO_DB": "default", "POSTGRE_NAME": "reference", "POSTGRE_USER": user, "POSTGRE_PASSWORD": "", "POSTGRE_HOST": host,
                "POSTGRE_PORT": port, "LABEL_STUDIO_BASE_DATA_DIR": self.work, "DEBUG": "false", "LOG_LEVEL": "WARNING", "SECRET_KEY": "benchmark",
                "COLLECT_ANALYTICS": "false", "LATEST_VERSION_CHECK": "false", "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
                "DATA_UPLOAD_MAX_MEMORY_SIZE": str(BODY_MOST), "DJANGO_SETTINGS_MODULE": "core.settings.label_studio"}

    def initialize(self):
        command = [f"{self.venv}/bin/label-studio", "init", "-q", "--username", "owner@example.com", "--password", PASSWORD, "--user-token", TOKEN]
        env = {key: value for key, value in self.env.items() if key != "DJANGO_SETTINGS_MODULE"}
        with open(self.log_file, "w") as log:
            done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if done.returncode != 0:
            sys.exit(f"the reference server could not be set up, see its log:\n{self.log_tail()}")

    def log_tail(self):
        with open(self.log_file, errors="replace") as file:
            return file.read()[-2000:]

    def start(self, beside):
        package, = glob.glob(f"{self.venv}/lib/python3*/site-packages/label_studio")
        socket, conf = os.path.join(self.work, "wsgi.sock"), os.path.join(self.work, "nginx.conf")
        with open(f"{beside.server.dir}/run/nginx-main.conf") as file:
            text = file.read()
        run = re.search(r"^pid (.*)/nginx\.pid;", text, re.M).group(1)
        text = text.replace(f"127.0.0.1:{beside.port};", f"127.0.0.1:{self.port};").replace(run, self.work)
        text = re.sub(r"^ *include [^;]*/nginx-http\.conf;", "", text, flags=re.M)
        text = re.sub(r"include [^;]*/nginx-labeld\.conf;", f"""client_max_body_size {BODY_MOST};
        location / {{
            proxy_pass http://unix:{socket};
            proxy_set_header Host $http_host;
            proxy_read_timeout 3600s;
            proxy_max_temp_file_size 0;
        }}""", text)
        with open(conf, "w") as file:
            file.write("user root;\n" + text if os.getuid() == 0 else text)
        with open(self.log_file, "a") as log:
            gunicorn = subprocess.Popen([f"{self.venv}/bin/gunicorn", "--chdir", package, "-w", str(self.n_workers), "-b", f"unix:{socket}", "--timeout", "3600",
                                         "core.wsgi:application"], env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            self.processes.append(gunicorn)
            nginx = subprocess.Popen(["nginx", "-e", "stderr", "-p", self.work, "-c", conf], stdin=subprocess.DEVNULL, stderr=log)
            self.processes.append(nginx)
        self.pids = {"reference": gunicorn.pid, "nginx": nginx.pid}
        self.wait_until_ready()

    def wait_until_ready(self):
        """Every worker loads its program at its first request; those are not measured."""
        deadline = time.monotonic() + START_S
        ready = 0
        while ready < 5 * self.n_workers:
            try:
                ready += self.request("GET", "/api/projects/?page_size=1")[0] == 200
            except OSError:
                time.sleep(0.2)
            if time.monotonic() > deadline or self.processes[0].poll() is not None:
                sys.exit(f"the reference server does not answer, see its log:\n{self.log_tail()}")

    # ---- annotators sign up, as people do ----

    def form(self, path, fields, cookies):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {"Accept": "*/*"}
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        status, body, _, _ = self.request("POST" if fields else "GET", path, urllib.parse.urlencode(fields) if fields else None, headers=headers)
        for line in self.answer_headers.get_all("Set-Cookie") or []:
            cookies.update({key: morsel.value for key, morsel in http.cookies.SimpleCookie(line).items()})
        return status, body.decode()

    def annotators(self, n):
        invitation = self.call("GET", "/api/invite")["invite_url"]
        return [self.sign_up(invitation, f"annotator{i}@example.com") for i in range(n)], []

    def sign_up(self, invitation, email):
        cookies = {}
        _, page = self.form(invitation, None, cookies)
        csrf = html.unescape(re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page).group(1))
        status, page = self.form(invitation, {"email": email, "password": PASSWORD, "csrfmiddlewaretoken": csrf, "how_find_us": "Other"}, cookies)
        if status != 302:
            sys.exit(f"reference: {email} could not sign up: {status}")
        status, token = self.form("/api/current-user/token", None, cookies)
        return re.search(r'"token": *"([^"]*)"', token).group(1)

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes = []
