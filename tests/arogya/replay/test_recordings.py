"""Reading recordings of joints: what they hold, what they would be asked to reach, and which files are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from arogya.replay.mover import frames_of
from arogya.replay.recordings import Aim, is_recording, joint_of, read_recording
from arogya.replay.traces import TraceError
from hub.motion.repetitions import Counter
from hub.motion.rules import Target, rules_of

RECORDINGS = Path(__file__).parents[4] / "shared" / "data" / "joint"


def write(folder: Path, text: str) -> Path:
    path = folder / "bends.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("column", "joint"),
    [
        ("knee_flexion_r", "right_knee_flexion"),
        (" Elbow_Flexion_L ", "left_elbow_flexion"),
        ("right_knee_flexion", "right_knee_flexion"),
        ("neck_rotation", "neck_rotation"),
        ("pelvis_height_m", None),
        ("knee_flexion", None),
    ],
)
def test_columns_are_joints_by_either_name(column: str, joint: str | None) -> None:
    assert joint_of(column) == joint


def test_a_file_is_read_with_the_joints_that_it_has(tmp_path: Path) -> None:
    path = write(
        tmp_path, "t_s,knee_flexion_r,pelvis_height_m,neck_flexion\n5.00,1,0.9,2\n5.01,3,0.9,4.5\n5.03,5,0.9,6\n"
    )
    recording = read_recording(path)
    assert is_recording(path)
    assert recording.at_us == [0, 10_000, 30_000]
    assert recording.joints == ("right_knee_flexion", "neck_flexion")
    assert recording.angles == [[1.0, 3.0, 5.0], [2.0, 4.5, 6.0]]
    assert recording.ignored == ("pelvis_height_m",)
    assert recording.aim("right_knee_flexion") == Aim(3.0, 90.0)
    assert recording.aim("neck_flexion") == Aim(4.5, None)
    (frame,) = frames_of(recording, 0)
    assert frame.spacing(recording.at_us) == [0, 10_000, 30_000]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("t_s,pelvis_height_m\n0,1\n", "no column is of a joint"),
        ("t_s,knee_flexion_r,right_knee_flexion\n0,1,1\n", "the same joint"),
        ("t_s,knee_flexion_r\n", "nothing in it"),
        ("t_s,knee_flexion_r\n0,1\n0,2\n", "line 3: t_s has to ascend"),
        ("t_s,knee_flexion_r\n0,361\n", "line 2: an angle"),
        ("t_s,knee_flexion_r\n0,nan\n", "'nan' is not a number"),
        ("t_s,knee_flexion_r\n0\n", "line 2: None is not a number"),
    ],
)
def test_a_file_that_cannot_be_replayed_says_why(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(TraceError, match=why):
        read_recording(write(tmp_path, text))


def test_a_trace_of_a_vehicle_is_no_recording(tmp_path: Path) -> None:
    assert not is_recording(write(tmp_path, "vehicle_id,t_utc,lat,lon\n"))
    assert not is_recording(tmp_path / "missing.csv")
    assert not is_recording(tmp_path / "drive.gpx")


def test_frames_cover_every_sample_once_from_wherever_they_begin(tmp_path: Path) -> None:
    rows = "".join(f"{number / 60:.6f},{number}\n" for number in range(100))
    recording = read_recording(write(tmp_path, f"t_s,knee_flexion_r\n{rows}"))
    for first in (0, 37, 99, 100):
        covered = [place for frame in frames_of(recording, first) for place in range(frame.first, frame.end)]
        assert covered == list(range(first, 100))


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="needs the recordings that lie beside the project")
@pytest.mark.parametrize(("name", "valid"), [("squat", 5), ("sts", 5), ("walk", 0)])
def test_what_a_recording_is_asked_for_counts_what_was_done(name: str, valid: int) -> None:
    recording = read_recording(RECORDINGS / f"{name}_mocap.csv")
    counted = {}
    for joint, angles in zip(recording.joints, recording.angles, strict=True):
        aim = recording.aim(joint)
        counter = Counter(rules_of(Target(aim.rest, aim.target)))
        for seq, (at, angle) in enumerate(zip(recording.at_us, angles, strict=True), 1):
            counter.step(seq, at, angle)
        counted[joint] = counter.valid
    assert counted["right_knee_flexion"] == counted["left_knee_flexion"] == valid
    assert set(counted.values()) <= {0, valid}
