"""The closed list of joints: {side}_{joint}_{motion}, flexion and dorsiflexion positive (SFTR neutral-zero)."""

from __future__ import annotations

from typing import Final

_OF_A_SIDE: Final = (
    *("hip_flexion", "hip_abduction", "hip_rotation", "knee_flexion", "knee_rotation"),
    *("ankle_dorsiflexion", "ankle_inversion", "shoulder_flexion", "shoulder_abduction", "shoulder_rotation"),
    *("elbow_flexion", "forearm_supination", "wrist_flexion", "wrist_deviation"),
)
_OF_THE_MIDDLE: Final = tuple(
    f"{part}_{motion}" for part in ("neck", "trunk") for motion in ("flexion", "bending", "rotation")
)
# As the database's are_joints() has it.
JOINTS: Final = (*(f"{side}_{joint}" for side in ("left", "right") for joint in _OF_A_SIDE), *_OF_THE_MIDDLE)
