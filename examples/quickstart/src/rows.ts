/** Train announcements, word by word, with the places and times in them. */
const sentences = [
  "the train from Lisbon:B-PLACE to Porto:B-PLACE leaves at ten:B-TIME o'clock:I-TIME",
  'two tickets from Oslo:B-PLACE to Bergen:B-PLACE please',
  'is there a bus to Graz:B-PLACE this evening:B-TIME',
  'we arrive in Turin:B-PLACE at noon:B-TIME',
  'the ferry leaves Split:B-PLACE tomorrow:B-TIME morning:I-TIME',
  'I need to be in Leeds:B-PLACE by six:B-TIME',
  'which platform for the train to New:B-PLACE York:I-PLACE',
  'the night train to Vienna:B-PLACE is late',
  'no service between Lyon:B-PLACE and Paris:B-PLACE on sunday:B-TIME',
  'my flight to San:B-PLACE Diego:I-PLACE is at seven:B-TIME tonight:I-TIME',
  'return to Madrid:B-PLACE on friday:B-TIME afternoon:I-TIME',
  'the first bus from Kyoto:B-PLACE runs at five:B-TIME',
  'how long does it take from Prague:B-PLACE to Dresden:B-PLACE',
  'the last train leaves at midnight:B-TIME',
  'change trains in Cologne:B-PLACE and wait until four:B-TIME',
  'she travels to Los:B-PLACE Angeles:I-PLACE every monday:B-TIME',
];

export const rows = sentences.map((sentence) => {
  const words = sentence.split(' ').map((word) => word.split(':'));
  return {
    tokens: words.map(([token = '']) => token),
    tags: words.map(([, tag = 'O']) => tag),
  };
});
