/** What the board shows, as the hub writes it: in the state that is read and on the channel `dispatch` alike. */

export type {
  Board as BoardState,
  BoardRules as Policy,
  CrewMessage,
  DispatchAlert as Alert,
  DispatchAssignment as Assignment,
  DispatchRequest as Call,
  HandoverNote,
  Happening,
  LikelyCall,
  Place as FoundPlace,
  PriorityRules,
  Suggestion as Candidate,
  Suggestions,
  UnitRef,
} from "../generated/api.ts";
