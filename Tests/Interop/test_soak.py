"""A minute of the soak, so that it cannot rot: see `make soak`."""

import os

import soak


def test_joining_and_leaving_leaves_nothing_behind(tmp_path):
    grows, left = soak.run(float(os.environ.get("BESOEG_SOAK_MINUTES", "0.5")), seed=1, folder=tmp_path)
    assert not left, left
    assert not grows, grows
