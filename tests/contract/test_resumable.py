"""Files that are sent in pieces: whatever is lost on the way, the file that is imported is the file that was sent, and it is imported once."""

import concurrent.futures
import fcntl
import os
import shutil
import time

import pytest

from people import Person, member
from server import shared_server
from work import Project, eventually, numbering_held, ours, owner, sql, stranger

pytestmark = ours

ROWS = b"text\n" + b"".join(b"row %d\n" % n for n in range(500))


@pytest.fixture
def project():
    return Project()


class Sending:
    def __init__(self, project, content=ROWS, name="rows.csv", who=None, **more):
        self.project, self.content, self.who = project, content, who or owner()
        self.made = self.who.post(f"{project.path}/uploads", {"name": name, "size": len(content), **more})
        self.path = f"{project.path}/uploads/{self.made['id']}"

    def piece(self, start, end, status=200):
        return self.who.call("PATCH", self.path, status, data=self.content[start:end], params={"offset": start})

    def all(self):
        for start in range(0, len(self.content), 1000):
            self.piece(start, start + 1000)
        return self

    def bring_in(self, status=201, **query):
        return self.who.call("POST", self.project.path + "/import", status, params={"upload": self.made["id"], **query})


def kept(project):
    """Files that wait, and their bytes."""
    folder = os.path.join(shared_server().dir, "files", "part", str(project.id))
    return {name: os.path.join(folder, name) for name in os.listdir(folder)} if os.path.isdir(folder) else {}


def texts(project):
    return [t["data"]["text"] for t in project.tasks()]


def test_in_pieces(project):
    s = Sending(project)
    assert {k: s.made[k] for k in ("name", "size", "offset")} == {"name": "rows.csv", "size": len(ROWS), "offset": 0}
    assert s.made["piece_size"] > 0
    assert s.piece(0, 1000)["offset"] == 1000
    s.who.call("PATCH", s.path, 409, data=ROWS[1500:2000], params={"offset": 1500})        # a gap
    assert owner().get(s.path)["offset"] == 1000
    assert s.piece(0, 1000)["offset"] == 1000                                              # its answer was lost
    assert s.piece(500, 1700)["offset"] == 1700                                            # cut in another way
    refused = s.bring_in(400)
    assert "is not whole: 1700 of" in refused["validation_errors"]["upload"][0]
    assert [one["id"] for one in owner().get(project.path + "/uploads")] == [s.made["id"]]
    assert s.piece(1700, len(ROWS))["offset"] == len(ROWS)
    assert len(kept(project)) == 1
    answer = s.bring_in(return_task_ids="true")
    assert answer["task_count"] == 500 == len(answer["task_ids"]) and answer["found_formats"] == {".csv": 1} and len(answer["file_upload_ids"]) == 1
    assert texts(project) == [f"row {n}" for n in range(500)]
    assert kept(project) == {} and owner().get(project.path + "/uploads") == []
    owner().get(s.path, 404)
    s.piece(0, 10, 404)
    # Sent again, with and without a key of its own.
    assert s.bring_in(return_task_ids="true") == answer
    s.bring_in(409, return_task_ids="true", idempotency_key="another")
    assert project.read()["task_number"] == 500


def test_a_file_of_bytes(project):
    content = bytes(range(256)) * 100
    s = Sending(project, content, "picture.png").all()
    file, = s.bring_in(commit_to_project="false")["file_upload_ids"]
    assert project.read()["task_number"] == 0
    read, = owner().get(project.path + "/file-uploads", ids=f"[{file}]")
    assert read["size"] == len(content) and owner().send("GET", "/data/" + read["file"]).content == content


def test_what_a_killed_worker_left(project):
    """Bytes after the last whole piece are not believed."""
    s = Sending(project)
    s.piece(0, 2000)
    path, = kept(project).values()
    with open(path, "ab") as file:
        file.write(b"half of a piece, and then the worker died" * 100)
    assert owner().get(s.path)["offset"] == 2000
    s.piece(2000, len(ROWS))
    s.bring_in()
    assert texts(project) == [f"row {n}" for n in range(500)]


def test_bytes_that_are_gone(project):
    """Somebody emptied the directory: the file begins anew instead of having a hole."""
    s = Sending(project)
    s.piece(0, 2000)
    path, = kept(project).values()
    os.truncate(path, 700)
    refused = s.piece(2000, 3000, 409)
    assert "700 bytes" in refused["detail"]
    assert s.piece(700, len(ROWS))["offset"] == len(ROWS)
    assert s.bring_in()["task_count"] == 500 and texts(project)[-1] == "row 499"


def test_no_transaction_waits_for_a_piece(project):
    """Who holds the file holds up other pieces of it only, and nobody who asks about it; whoever died holds nothing."""
    s = Sending(project)
    s.piece(0, 1000)
    path, = kept(project).values()
    with open(path, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(s.piece, 1000, 2000, 409)
            while not waiting.done():
                sql(f"SELECT FROM resumable_upload WHERE id = {s.made['id']} FOR UPDATE NOWAIT")
        assert "is being written" in waiting.result()["detail"]
        assert owner().get(s.path)["offset"] == 1000 == os.path.getsize(path)
    assert s.piece(1000, len(ROWS))["offset"] == len(ROWS)
    assert s.bring_in()["task_count"] == 500


def test_writers_of_the_same_pieces(project):
    """Each can ask how far the file is; what arrives is what was sent."""
    content = bytes(range(256)) * 4000
    s, step = Sending(project, content, "picture.png"), 100_000

    def send(_):
        at = 0
        while at < len(content):
            answer = s.who.send("PATCH", s.path, params={"offset": at}, data=content[at:at + step])
            assert answer.status_code in (200, 409, 429), answer.text
            at = answer.json()["offset"] if answer.status_code == 200 else owner().get(s.path)["offset"]

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(send, range(2)))
    path, = kept(project).values()
    with open(path, "rb") as file:
        assert file.read() == content


def test_a_file_that_is_given_up_while_a_piece_comes(project):
    s = Sending(project)
    s.piece(0, 1000)
    path, = kept(project).values()
    with open(path, "rb") as file, concurrent.futures.ThreadPoolExecutor(1) as pool:
        fcntl.flock(file, fcntl.LOCK_EX)
        piece = pool.submit(s.who.send, "PATCH", s.path, params={"offset": 1000}, data=ROWS[1000:])
        s.who.delete(s.path)
        fcntl.flock(file, fcntl.LOCK_UN)
    assert piece.result().status_code in (404, 409)      # 409: it waited for as long as pieces do
    s.who.get(s.path, 404)


def test_several_files_and_a_job(project):
    first, second = Sending(project).all(), Sending(project, b"text\nlast\n", "more.csv").all()
    answer = owner().call("POST", project.path + "/import", 201, params={"upload": [first.made["id"], second.made["id"]], "async": "1"})
    assert ended(project, answer)["task_count"] == 501 and texts(project)[-1] == "last"
    eventually(lambda: kept(project) == {})
    assert first.bring_in(409, idempotency_key="another")["detail"] == "This file was imported before."


def ended(project, answer):
    return eventually(lambda: owner().get(f"{project.path}/imports/{answer['import']}/"), lambda read: read["status"] in ("completed", "failed"))


def test_a_job_that_is_refused_leaves_the_file(project):
    s = Sending(project, b'[{"wrong": 1}, {"text": "x"}]', "t.json").all()
    first = s.bring_in(**{"async": "1"})
    assert ended(project, first)["status"] == "failed"
    assert owner().get(s.path)["offset"] == len(s.content) and len(kept(project)) == 1
    again = s.bring_in(**{"async": "1"})
    assert again["import"] != first["import"] and ended(project, again)["status"] == "failed"
    owner().patch(project.path + "/", {"label_config": "<View/>"})
    assert ended(project, s.bring_in(**{"async": "1"}))["task_count"] == 2
    eventually(lambda: kept(project) == {})
    assert project.read()["task_number"] == 2 and s.bring_in()["task_count"] == 2 and project.read()["task_number"] == 2


def test_a_file_that_another_import_took(project):
    """Two jobs are asked for under different keys; and a file may be given up while its job waits: the job has the bytes."""
    s, given_up = Sending(project).all(), Sending(project, b"text\nlast\n", "more.csv").all()
    with numbering_held(project):
        jobs = [s.bring_in(**{"async": "1", "idempotency_key": key}) for key in ("one", "two")]
        third = given_up.bring_in(**{"async": "1"})
        owner().delete(given_up.path, 204)
    assert sorted(ended(project, job)["status"] for job in jobs) == ["completed", "failed"]
    assert ended(project, third)["status"] == "completed" and project.read()["task_number"] == 501


def test_more_files_than_a_key_could_name(project):
    path, = kept(Sending(project).all().project).values()
    n, first = 300, 2_000_000_000 + project.id * 300
    for i in range(n):
        with open(f"{path}{i}", "wb") as file:
            file.write(b"text\n%d\n" % i)
        shutil.chown(file.name, os.stat(path).st_uid)
    sql("INSERT INTO resumable_upload (id, project_id, user_id, name, file, size_bytes, offset_bytes) "
        f"SELECT {first} + i, {project.id}, {owner().id}, 'a.csv', 'part/{project.id}/{os.path.basename(path)}' || i, 6, 6 FROM generate_series(0, {n - 1}) i")
    query = {"upload": [first + i for i in range(n)]}
    answers = [owner().call("POST", project.path + "/import", 201, params=query) for _ in range(2)]
    assert answers[0]["task_count"] == n and answers[0] == answers[1] and project.read()["task_number"] == n


def test_a_refused_import_can_be_tried_again(project):
    s = Sending(project, b'[{"wrong": 1}, {"text": "x"}]', "t.json").all()
    s.bring_in(400)
    assert owner().get(s.path)["offset"] == len(s.content) and len(kept(project)) == 1
    owner().patch(project.path + "/", {"label_config": "<View/>"})
    assert s.bring_in()["task_count"] == 2 and kept(project) == {}


def test_looking_at_a_file_leaves_it(project):
    s = Sending(project).all()
    for _ in range(2):
        assert s.bring_in(commit_to_project="false")["task_count"] == 500
    assert texts(project) == [] and len(kept(project)) == 1
    assert s.bring_in()["task_count"] == 500
    assert len(texts(project)) == 500 and kept(project) == {}


def test_a_key_finds_the_file_again(project):
    s = Sending(project, key="rows 1")
    s.piece(0, 300)
    again = owner().call("POST", project.path + "/uploads", 200, json={"name": "rows.csv", "size": len(ROWS), "key": "rows 1"})
    assert (again["id"], again["offset"]) == (s.made["id"], 300)
    owner().call("POST", project.path + "/uploads", 422, json={"name": "rows.csv", "size": 5, "key": "rows 1"})
    owner().call("POST", project.path + "/uploads", 422, json={"name": "other.csv", "size": len(ROWS), "key": "rows 1"})
    s.all().bring_in()
    assert Sending(project, key="rows 1").made["offset"] == 0       # that file is done: this is another


def test_given_up(project):
    s = Sending(project)
    s.piece(0, 300)
    owner().delete(s.path, 204)
    owner().delete(s.path, 404)
    assert kept(project) == {} and owner().get(project.path + "/uploads") == []
    s.bring_in(400)


def refused(project, field, **body):
    answer = owner().call("POST", project.path + "/uploads", 400, json=body)
    assert field in answer["validation_errors"], answer
    return answer["validation_errors"][field]


def test_what_cannot_be_announced(project):
    refused(project, "name", size=5)
    refused(project, "size", name="a.csv")
    for wrong in (0, -1, "x", None, [], 1.5):
        refused(project, "size", name="a.csv", size=wrong)
    refused(project, "size", name="a.csv", size=1 << 50)
    refused(project, "name", name="", size=5)
    refused(project, "name", name="a" * 300 + ".csv", size=5)
    refused(project, "key", name="a.csv", size=5, key="k" * 300)
    assert refused(project, "non_field_errors", name="a.exe", size=5) == [".exe extension is not supported"]
    assert owner().get(project.path + "/uploads") == []


def test_pieces_that_do_not_fit(project):
    s = Sending(project, b"text\nx\n")
    for offset in ("", "x", "-1", "99999999999999999999"):
        answer = s.who.call("PATCH", s.path, 400, data=b"text", params={"offset": offset})
        assert "offset" in answer["validation_errors"]
    s.who.call("PATCH", s.path, 400, data=b"text\nx\nmore", params={"offset": 0})
    s.who.call("PATCH", s.path, 400, data=b"t", params={"offset": 7})
    s.who.call("PATCH", s.path, 200, data=b"", params={"offset": 0})
    assert owner().get(s.path)["offset"] == 0
    for wrong in ("x", "0", str(s.made["id"]) + "x", "2147483647"):
        assert "upload" in s.who.call("POST", project.path + "/import", 400, params={"upload": wrong})["validation_errors"]
    s.all()
    s.who.call("POST", project.path + "/import", 400, params={"upload": [s.made["id"]] * 2})
    assert project.read()["task_number"] == 0


def test_files_belong_to_whoever_sends_them(project):
    s = Sending(project).all()
    manager, elsewhere, labels = member("MA"), stranger(), member("AN")
    assert manager.get(project.path + "/uploads") == []
    for who, path in ((manager, s.path), (owner(), f"{Project().path}/uploads/{s.made['id']}"), (elsewhere, s.path)):
        who.get(path, 404)
        who.delete(path, 404)
        who.call("PATCH", path, 404, data=b"x", params={"offset": 0})
    manager.call("POST", project.path + "/import", 400, params={"upload": s.made["id"]})
    elsewhere.get(project.path + "/uploads", 404)
    elsewhere.call("POST", project.path + "/uploads", 404, json={"name": "a.csv", "size": 5})
    owner().patch(project.path + "/", {"is_published": True})
    labels.call("POST", project.path + "/uploads", 403, json={"name": "a.csv", "size": 5})
    assert s.bring_in()["task_count"] == 500


def test_limits():
    maker = Person("MA")
    project = Project(maker)
    sql("INSERT INTO resumable_upload (project_id, user_id, name, file, size_bytes) "
        f"SELECT {project.id}, {maker.number}, 'a.csv', 'part/{project.id}/' || n, 1 FROM generate_series(1, 100) n")
    assert "100 of your files" in maker.call("POST", project.path + "/uploads", 409, json={"name": "a.csv", "size": 5})["detail"]
    sql(f"DELETE FROM resumable_upload WHERE project_id = {project.id} AND file NOT LIKE '%/1'")
    sql(f"UPDATE resumable_upload SET size_bytes = {60 << 30} WHERE project_id = {project.id}")
    assert "Too many large files" in maker.call("POST", project.path + "/uploads", 409, json={"name": "a.csv", "size": 5})["detail"]
    sql(f"DELETE FROM resumable_upload WHERE project_id = {project.id}")
    maker.call("POST", project.path + "/uploads", 201, json={"name": "a.csv", "size": 5})


def test_forgotten_ones_are_swept(project):
    young, old = Sending(project), Sending(project)
    young.piece(0, 10)
    old.piece(0, 10)
    sql(f"UPDATE resumable_upload SET updated_at = now() - interval '2 days' WHERE id = {old.made['id']}")
    until = time.monotonic() + 60
    sql(f"INSERT INTO job (kind, key) VALUES ('sweep', 'resumable {project.id}')")
    while len(owner().get(project.path + "/uploads")) > 1:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert owner().get(young.path)["offset"] == 10
    owner().get(old.path, 404)
