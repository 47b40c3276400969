// What the demonstration registry holds: ordinary collections, and names that try a page.

export interface SeedCollection {
  readonly name: string
  readonly description: string | null
  /** Of its versions, from first to last. */
  readonly versions: number
  /** Metrics with where they begin and where training leads them. */
  readonly metrics: Readonly<Record<string, readonly [from: number, to: number]>>
  readonly tags?: readonly string[]
  /** Tags of the collection itself. */
  readonly topics?: readonly string[]
  /** Steps of its life, one after another. */
  readonly life: readonly Step[]
}

export type Step =
  | { readonly move: string; readonly to: number; readonly reason?: string }
  | { readonly rollBack: string; readonly reason?: string }
  | { readonly clear: string; readonly reason?: string }

const CARD = `Detects and classifies vehicles in street scenes.

## Intended use

Counting traffic on **fixed** cameras. Not for enforcement: see [limits](#limits).

## Limits

| condition | recall |
|---|---|
| day | 0.97 |
| night | 0.88 |
| rain | 0.81 |

- [x] Reviewed by the safety board
- [ ] Retrained with the winter set

\`\`\`python
artifact = run.use_artifact("vehicle-detector:production")
\`\`\`
`

const HOSTILE_CARD = `<img src=x onerror="window.hacked = true"> Words beside no picture.

<script>window.hacked = true</script>

[A link that would run](javascript:window.hacked=true), [one that may](https://example.com).
`

const ACCURACY = { accuracy: [0.71, 0.94], loss: [0.92, 0.17], latency_ms: [48, 31] } as const

export const SEED: readonly SeedCollection[] = [
  {
    name: 'vehicle-detector',
    topics: ['vision', 'edge'],
    description: CARD,
    versions: 34,
    metrics: { ...ACCURACY, 'eval.map50': [0.52, 0.81] },
    life: [
      { move: 'staging', to: 9 },
      { move: 'production', to: 9, reason: 'First one that beats the old counter' },
      { move: 'staging', to: 18 },
      { move: 'production', to: 18, reason: 'Night recall is up by four points' },
      { move: 'staging', to: 24 },
      { move: 'production', to: 24 },
      { rollBack: 'production', reason: 'False alarms in heavy rain, see incident 118' },
      { move: 'staging', to: 31, reason: 'With the rain set' },
      { move: 'production', to: 30, reason: 'Rain fixed, a week in shadow without an alarm' },
    ],
  },
  {
    name: 'churn-forecast',
    topics: ['tabular', 'weekly'],
    description: 'Probability that a customer leaves within 90 days. Retrained each Monday.',
    versions: 52,
    metrics: { auc: [0.68, 0.83], logloss: [0.61, 0.44] },
    life: [
      { move: 'production', to: 11 },
      { move: 'staging', to: 20 },
      { move: 'production', to: 20, reason: 'Holds on the spring cohort' },
      { move: 'production', to: 37 },
      { move: 'staging', to: 50 },
      { move: 'canary', to: 48, reason: '5 % of the traffic for two days' },
    ],
  },
  {
    name: 'support-ticket-router',
    topics: ['text'],
    description: 'Sends a ticket to the team that will solve it.',
    versions: 27,
    metrics: { f1: [0.61, 0.89], top3_accuracy: [0.82, 0.97] },
    life: [
      { move: 'staging', to: 12 },
      { move: 'production', to: 12 },
      { move: 'production', to: 19 },
      { clear: 'production', reason: 'Rules took over while the taxonomy changes' },
      { move: 'staging', to: 26 },
    ],
  },
  {
    name: 'speech-to-text-de',
    topics: ['audio', 'streaming'],
    description: 'German dictation, streaming.',
    versions: 41,
    metrics: { wer: [0.21, 0.074], latency_ms: [210, 122] },
    life: [
      { move: 'production', to: 15 },
      { move: 'staging', to: 33 },
      { move: 'production', to: 33 },
      { move: 'staging', to: 40 },
    ],
  },
  {
    name: 'embedding-small',
    topics: ['text', 'search'],
    description: 'Sentence embeddings of 384 dimensions for search.',
    versions: 12,
    metrics: { ndcg: [0.41, 0.58] },
    tags: Array.from({ length: 40 }, (_, at) => `tag-${at}${at % 7 === 0 ? '-rather-long' : ''}`),
    life: [{ move: 'production', to: 7 }],
  },
  {
    name: 'fraud-score',
    topics: ['tabular', 'risk'],
    description: 'Card payments, score from 0 to 1. Owned by risk.',
    versions: 200,
    metrics: { auc: [0.84, 0.961], false_positive_rate: [0.08, 0.012] },
    life: [
      { move: 'production', to: 60 },
      { move: 'production', to: 121 },
      { move: 'staging', to: 150 },
      { move: 'production', to: 150 },
      { rollBack: 'production', reason: 'Drift on prepaid cards' },
      { move: 'staging', to: 180 },
      { move: 'production', to: 181 },
      { move: 'staging', to: 199 },
    ],
  },
  {
    name: '中文情感分析模型',
    description: '对客户评论进行情感分类。',
    versions: 9,
    metrics: { accuracy: [0.78, 0.92] },
    life: [
      { move: 'staging', to: 5 },
      { move: 'production', to: 5, reason: '通过评审' },
    ],
  },
  {
    name: '🚲-demand 🌧️',
    description: null,
    versions: 4,
    metrics: { rmse: [41.2, 28.9] },
    life: [{ move: 'staging', to: 3 }],
  },
  {
    name: `a-model-whose-name-goes-on-${'and-on-'.repeat(12)}until-it-ends`,
    description: null,
    versions: 3,
    metrics: {},
    life: [{ move: 'production', to: 1 }],
  },
  {
    name: '"><img src=x onerror=hacked()>',
    description: HOSTILE_CARD,
    versions: 3,
    metrics: { '<b>accuracy</b>': [0.5, 0.7] },
    tags: ['script alert'],
    life: [{ move: 'production', to: 2, reason: '<svg onload=hacked()>' }],
  },
  { name: 'not-started-yet', description: 'Waits for data.', versions: 0, metrics: {}, life: [] },
]
