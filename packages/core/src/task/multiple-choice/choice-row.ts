/** A text, or a pair of texts, and ways in which it may go on or be answered, of which one is right. */
export interface ChoiceRow {
  readonly text: string;
  /** Stands in front of each choice, such as the question about the text or the start of what goes on. */
  readonly textPair?: string | undefined;
  /** Two or more; rows may differ in how many they have. */
  readonly choices: readonly string[];
  /** Place of the right choice, from 0. */
  readonly label: number;
}
