metadata description = 'Types that several modules share.'

@export()
@description('Where training runs: a serverless GPU, or the CPU profile where no GPU quota is granted.')
type trainingProfile = 'Consumption-GPU-NC8as-T4' | 'Consumption-GPU-NC24-A100' | 'Consumption'

@export()
@description('How large the served models are: mini (4×256), standard (6×384 to BERT base in int8) or large (BERT base in fp32).')
type servingSize = 'mini' | 'standard' | 'large'

@export()
@description('Settings of the pipeline. Times are hh:mm:ss; scores are from 0 to 1, as strings because Bicep has no fractions.')
type pipelineSettings = {
  @description('Required. When served models are evaluated: a cron expression of six fields, seconds first.')
  EvaluationSchedule: string

  @description('Required. When corrections are folded into their datasets: a cron expression of six fields, seconds first.')
  FeedbackSchedule: string

  @description('Required. Corrections that must wait before that: each fold is a training.')
  FeedbackMinimum: string

  @description('Required. When the retention policy is applied: a cron expression of six fields, seconds first.')
  RetentionSchedule: string

  @description('Required. How long the files of a dataset must be unchanged before it is validated.')
  QuietPeriod: string

  @description('Required. How late the event of a changed file may come, before the watchdog notes the change itself.')
  EventDelay: string

  @description('Required. How long a run may go unreported before its worker counts as lost.')
  RunSilence: string

  @description('Required. How often a run is begun before it is failed.')
  RunAttempts: string

  @description('Required. Minutes that all trainings together may take a day (UTC); 0: no bound.')
  TrainingMinutesPerDay: string

  @description('Required. By how much a candidate must beat the served version on dev at least to replace it; 0: by anything.')
  Promotion__Margin: string

  @description('Required. Whether the gain must be larger than chance (true or false).')
  Promotion__MustBeSignificant: string

  @description('Required. F1 on dev below which no label may fall.')
  Promotion__LabelFloor: string

  @description('Required. Examples on dev that a label needs to be held to that.')
  Promotion__LabelFloorSupport: string

  @description('Required. Texts kept of each model that it was least certain of; 0: none, they may be personal data.')
  Uncertain__Most: string

  @description('Required. Days after which such a text is deleted.')
  Uncertain__Days: string

  @description('Required. Whether the retention policy only says what it would delete (true or false).')
  Retention__DryRun: string

  @description('Required. Days that ended runs, versions that are not served, dataset versions that nobody uses and traffic are kept at least.')
  Retention__Days: string

  @description('Required. The newest versions of a model that are kept however old they are.')
  Retention__Versions: string

  @description('Required. Days that an evaluation is kept at least.')
  Retention__EvaluationDays: string

  @description('Required. Days after which what nobody finished is deleted.')
  Retention__LeftoverDays: string
}

@export()
@description('Where base models are fetched from, and which.')
type hubSettings = {
  @description('Required. Address of the model hub, or of a mirror of it.')
  HF_ENDPOINT: string

  @description('Required. Patterns of the models that may be fetched, with commas.')
  Hub__Allow: string

  @description('Required. Most bytes of a model.')
  Hub__MaxBytes: string
}

@export()
@description('Names of everything that is kept in the storage account.')
type storageLayout = {
  @description('Required. Containers.')
  containers: string[]

  @description('Required. Queues; each gets a poison queue.')
  queues: string[]

  @description('Required. Tables.')
  tables: string[]
}

@export()
@description('Where the private endpoints are, and the DNS zones that name them.')
type privateNetwork = {
  @description('Required. Resource ID of the subnet that holds the private endpoints.')
  endpointSubnetId: string

  @description('Required. Resource IDs of the private DNS zones, by service: blob, queue, table, registry.')
  zoneIds: {
    *: string
  }
}

@export()
@description('Tags of a resource.')
type tags = {
  *: string
}

@export()
@description('A user-assigned identity.')
type identity = {
  @description('Required. What a resource is given to use it.')
  resourceId: string

  @description('Required. What a program names to sign in with it.')
  clientId: string

  @description('Required. What a role is assigned to.')
  principalId: string
}
