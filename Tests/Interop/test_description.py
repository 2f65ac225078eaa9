"""The API against its own description: nothing undocumented, and no fault of ours, whatever is sent."""

import os
import subprocess

import pytest

from deployment import ROOT, wait_until

SECONDS = int(os.environ.get("BESOEG_SCHEMA_SECONDS", "45"))


def test_every_answer_is_described_and_none_is_a_fault(deployment, tmp_path):
    roles = ["supportWorker", "teamLead", "citizen"]
    people = {role: deployment.person(role, f"Test {role}") for role in roles}
    deployment.book(people["supportWorker"], people["citizen"])
    tokens = {role: person.token for role, person in people.items()}
    tokens["administrator"] = (deployment.data / "administrator.token").read_text().strip()
    share = max(5, SECONDS // len(tokens))
    failed = {}
    for role, token in tokens.items():
        arguments = [
            ROOT / ".build/venv/bin/schemathesis", "run", deployment.origin + "/openapi.json",
            "--url", deployment.origin, "--header", f"Authorization: Bearer {token}",
            # SDP is no language of schemas (test_bad_input sends broken offers). The event stream never ends, and a device of one's own must not be revoked half-way.
            "--exclude-path-regex", "/api/v1/events$|/media(/|$)",
            "--exclude-method", "DELETE",
            "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,"
                        "response_schema_conformance",
            "--max-examples", "8", "--max-time", str(share), "--phases", "examples,fuzzing",
            "--generation-deterministic", "--request-timeout", "10", "--no-color",
        ]
        run = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, timeout=share * 3 + 60,
                             cwd=tmp_path)
        if run.returncode != 0:
            failed[role] = run.stdout[-6000:] + run.stderr[-1000:]
    assert not failed, "\n".join(f"{role}:\n{text}" for role, text in failed.items())
    wait_until(deployment.is_ready, 10, "the service is still ready")
