// Two captures that are looked at together, by the page that compares them and the one that puts
// them side by side.

class ChosenPair {
  /** Ids of the captures, the earlier first; empty for none. */
  ids = $state.raw<readonly string[]>([]);
}

export const chosenPair = new ChosenPair();
