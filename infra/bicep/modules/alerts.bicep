metadata description = 'What somebody must be told: failed runs, poison messages, worse models, failing requests, undelivered blob events.'

import { tags as tagsType } from 'types.bicep'

@description('Required. Suffix that makes names unique.')
param token string

@description('Required. Location of the rules.')
param location string

@description('Required. Tags of the rules.')
param tags tagsType

@description('Required. Resource ID of the Application Insights component, where what the programs report is.')
param insightsId string

@description('Required. Resource ID of the Log Analytics workspace, where the logs of storage are.')
param workspaceId string

@description('Required. Resource ID of the topic of blob events.')
param topicId string

@description('Required. Resource ID of the action group.')
param actionGroupId string

// Each rule fires when its query finds anything; what it finds is in the alert.
var rules = [
  {
    name: 'failed-run'
    title: 'Droptune: a training run failed'
    severity: 2
    query: loadTextContent('../queries/failed-run.kql')
    scope: insightsId
  }
  {
    name: 'poison-message'
    title: 'Droptune: a message was given up'
    severity: 1
    query: loadTextContent('../queries/poison-message.kql')
    scope: workspaceId
  }
  {
    name: 'evaluation-drop'
    title: 'Droptune: a served model became worse'
    severity: 2
    query: loadTextContent('../queries/evaluation-drop.kql')
    scope: insightsId
  }
  {
    name: 'error-rate'
    title: 'Droptune: more than 5 % of the requests fail'
    severity: 1
    query: loadTextContent('../queries/error-rate.kql')
    scope: insightsId
  }
]

resource alerts 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for rule in rules: {
    name: 'alert-${rule.name}-${token}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.title
      severity: rule.severity
      enabled: true
      scopes: [rule.scope]
      evaluationFrequency: 'PT15M'
      windowSize: 'PT15M'
      autoMitigate: true
      skipQueryValidation: true // the tables of storage logs come into being with their first row
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [actionGroupId] }
    }
  }
]

resource undelivered 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: 'alert-undelivered-event-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Droptune: a dropped file was not announced to the function app; its event is in the dead-letter container'
    severity: 1
    enabled: true
    scopes: [topicId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-lettered'
          metricName: 'DeadLetteredCount'
          operator: 'GreaterThan'
          threshold: 0
          timeAggregation: 'Total'
        }
      ]
    }
    actions: [{ actionGroupId: actionGroupId }]
  }
}
