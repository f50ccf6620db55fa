/** What a sensor measures, out of the closed list of the hub (`are_joints` in schema.sql). */

import type { JSX } from "preact";
import { humanise } from "../shared/words.ts";

const OF_A_SIDE = [
  ...["hip_flexion", "hip_abduction", "hip_rotation", "knee_flexion", "knee_rotation"],
  ...["ankle_dorsiflexion", "ankle_inversion", "shoulder_flexion", "shoulder_abduction", "shoulder_rotation"],
  ...["elbow_flexion", "forearm_supination", "wrist_flexion", "wrist_deviation"],
];
const OF_THE_MIDDLE = ["neck", "trunk"].flatMap((part) => ["flexion", "bending", "rotation"].map((move) => `${part}_${move}`));

const GROUPS: readonly (readonly [title: string, joints: readonly string[]])[] = [
  ["Left", OF_A_SIDE.map((joint) => `left_${joint}`)],
  ["Right", OF_A_SIDE.map((joint) => `right_${joint}`)],
  ["Neck and trunk", OF_THE_MIDDLE],
];

export interface JointsFieldProps {
  readonly chosen: readonly string[];
  readonly onChosen: (joints: readonly string[]) => void;
}

export function JointsField({ chosen, onChosen }: JointsFieldProps): JSX.Element {
  const toggle = (joint: string, on: boolean): void =>
    onChosen(on ? [...chosen, joint] : chosen.filter((other) => other !== joint));
  return (
    <fieldset class="joints">
      <legend>
        What it measures <span class="field__optional">(optional)</span>
      </legend>
      <div class="joints__groups">
        {GROUPS.map(([title, joints]) => (
          <div key={title}>
            <h3>{title}</h3>
            {joints.map((joint) => (
              <label class="check" key={joint}>
                <input
                  type="checkbox"
                  checked={chosen.includes(joint)}
                  onChange={(event) => toggle(joint, event.currentTarget.checked)}
                />
                {humanise(joint.replace(/^(left|right)_/, ""))}
              </label>
            ))}
          </div>
        ))}
      </div>
    </fieldset>
  );
}
