/** The samples and the windowing of lists, in one place for tests. */
import { answer, known, type State, STATES, topicState } from "./answers";
import { Scale } from "../ui/windowing";

const asked = (state: State, parameters: Record<string, unknown>) => ({ state, chinese: false, parameters });

export const samples = {
  known,
  states: () => [...STATES],
  answer: (action: string, state: State, parameters: Record<string, unknown>) => answer(action, asked(state, parameters)),
  topic: (name: string, state: State) => topicState(name, asked(state, {})),
};

export const scale = {
  height: (whole: number) => new Scale(whole).height,
  offsetAt: (whole: number, y: number) => new Scale(whole).offsetAt(y),
  offsetOfJump: (whole: number, top: number, view: number) => new Scale(whole).offsetOfJump(top, view),
};
