"""The product as the scenarios find it: filled with the demo's answers, and with what only a few scenarios look for."""
import csv
import hashlib
import os
import shutil
import subprocess
from urllib.parse import urljoin

ROLE = "deep-learning-engineer"
BLIND = "blind-role"
# A question that nobody of the demo has answered.
TWENTY = "activation-functions"
# Another one.
GIVEN_UP = "hyperparameter-tuning"
SEEDED = [("Zebulon Quartermaine", "zebulon@quartermaine.example"), ("Ottoline Featherstonehaugh", "ottoline@feather.example")]


class House:
    """The product with the demo's answers, twenty answers to one question, and a blind role with people easily found."""

    def __init__(self, values):
        self.values = values
        self.folder = values["folder"]
        self.project = values["project"]
        # Where the flags lead; a server of one's own leaves nobody else to make it.
        os.makedirs(os.path.join(self.folder, "data"), exist_ok=True)

    def run(self, *arguments):
        done = subprocess.run([self.values["program"], *arguments, *self.values["flags"]], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"dailies {' '.join(arguments)}: {done.stderr}")
        return done.stdout.strip()

    def sql(self, text):
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.values["conninfo"], "-c", text],
            capture_output=True, text=True, check=True)
        return [line.split("|") for line in done.stdout.splitlines()]

    def fill(self):
        samples = os.path.join(self.project, "deploy/samples/answers.csv")
        role = os.path.join(self.project, "deploy/roles/deep-learning-engineer.yaml")
        with open(samples, newline="", encoding="utf-8") as file:
            rows = [{**row, "file": os.path.abspath(os.path.join(os.path.dirname(samples), row["file"]))} for row in csv.DictReader(file)]
        clip = os.path.join(self.project, "Tests/Fixtures/recordings/chrome-no-timeslice.webm")
        for number in range(1, 21):
            person = {"candidate_name": f"Person {number}", "candidate_email": f"person-{number}@example.org"}
            rows.append({"role": ROLE, "question": TWENTY, **person, "file": clip})
        for name, address in SEEDED:
            named = os.path.join(self.folder, name.lower().replace(" ", "-") + ".webm")
            shutil.copy(clip, named)
            rows.append({"role": BLIND, "question": TWENTY, "candidate_name": name, "candidate_email": address, "file": named})
        manifest = os.path.join(self.folder, "answers.csv")
        with open(manifest, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, ["role", "question", "candidate_name", "candidate_email", "file"])
            writer.writeheader()
            writer.writerows(rows)
        blind = os.path.join(self.folder, "blind.yaml")
        with open(role, encoding="utf-8") as source, open(blind, "w", encoding="utf-8") as copy:
            copy.write(source.read().replace(f"role: {ROLE}", f"role: {BLIND}"))
        for definition in (role, blind):
            self.run("role", "load", definition)
        self.run("import", manifest)
        self.run("up", "--once")
        self.give_up_one()
        self.sql(f"INSERT INTO dailies.role_settings (role_id, blind) SELECT id, true FROM dailies.roles WHERE slug = '{BLIND}'")

    def give_up_one(self):
        """An answer whose job was discarded, as a fault of ours leaves it."""
        ((response,),) = self.sql(
            f"SELECT dailies.submit_response(role => '{ROLE}', question => '{GIVEN_UP}', candidate_name => 'Person Unlucky', "
            "candidate_email => 'unlucky@example.org', recording_key => 'uploads/unlucky.webm')")
        self.sql(f"""
            WITH gone AS (DELETE FROM dailies.jobs WHERE (payload ->> 'response_id')::bigint = {response} RETURNING *)
            INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, timeline, error)
            SELECT id, kind, payload, priority, fair_key, 'discarded', 1, 1, 0, created_at - interval '3 hours', '[]', 'the disk said no' FROM gone""")

    def caption(self, response):
        """Captions for an answer, as somebody's own program brings them."""
        content = b"WEBVTT\n\n00:00.000 --> 00:20.000\nWe learn from labels.\n"
        place = os.path.join(self.folder, "data", "storage", "captions")
        os.makedirs(place, exist_ok=True)
        with open(os.path.join(place, "one.vtt"), "wb") as file:
            file.write(content)
        self.sql(
            "INSERT INTO dailies.added_artifacts (response_id, kind, key, media_type, bytes, sha256) VALUES "
            f"({response}, 'captions', 'captions/one.vtt', 'text/vtt', {len(content)}, '{hashlib.sha256(content).hexdigest()}')")

    def plan(self, site):
        links = {}
        for name, flags, roles in [("Ada", ["--admin"], []), ("Ben", [], [ROLE]), ("Cleo", [], [BLIND])]:
            link = self.run("reviewer", "add", f"{name.lower()}@example.org", "--name", name, *flags)
            links[name] = urljoin(site, link[link.index("/sign-in/"):])
            for role in roles:
                self.sql(
                    "INSERT INTO dailies.role_reviewers (role_id, reviewer_id) SELECT r.id, v.id FROM dailies.roles r, dailies.reviewers v "
                    f"WHERE r.slug = '{role}' AND v.email = '{name.lower()}@example.org'")
        responses = dict(self.sql(
            "SELECT q.key, r.id FROM dailies.responses r JOIN dailies.questions q ON q.id = r.question_id "
            f"JOIN dailies.roles o ON o.id = r.role_id WHERE o.slug = '{ROLE}'"))
        answers = {}
        with open(os.path.join(self.project, "deploy/samples/answers.csv"), newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                answers[os.path.basename(row["file"])] = f"/roles/{ROLE}/questions/{row['question']}/{responses[row['question']]}"
        ((candidate,),) = self.sql(
            f"SELECT min(i.id) FROM dailies.interviews i JOIN dailies.roles r ON r.id = i.role_id WHERE r.slug = '{ROLE}'")
        pages = ["/", f"/roles/{ROLE}", f"/roles/{ROLE}?show=split", f"/roles/{ROLE}/candidates/{candidate}", "/password", "/nowhere"]
        pages += [answers[name] for name in ("fault-late-start.webm", "fault-mic-muted.webm", "audio-only.webm")]
        pages += [f"/roles/{ROLE}/results", f"/roles/{ROLE}/results/calibration", f"/roles/{ROLE}/settings", "/health", "/sign-in"]
        captioned = answers["chrome-no-timeslice.webm"]
        self.caption(captioned.split("/")[-1])
        secrets = [part for name, address in SEEDED for part in (name, name.split()[1], address, address.split("@")[0])]
        secrets += [name.lower().replace(" ", "-") + ".webm" for name, _ in SEEDED]
        return {
            "site": site, "links": links, "answers": answers, "twenty": f"/roles/{ROLE}/questions/{TWENTY}", "secrets": secrets,
            "captioned": captioned, "axe": self.values["axe"], "pages": pages, "blind_pages": ["/", f"/roles/{BLIND}", f"/roles/{BLIND}/questions/{TWENTY}"],
        }
