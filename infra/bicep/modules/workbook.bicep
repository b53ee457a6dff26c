metadata description = 'The workbook of the portal: datasets, runs with their curves, served models, evaluations, drift and cost on one page.'

import { tags as tagsType } from 'types.bicep'

@description('Required. Location of the workbook.')
param location string

@description('Required. Tags of the workbook.')
param tags tagsType

@description('Required. Name shown in the portal.')
param title string

@description('Required. Resource ID of the Application Insights component, where most queries look.')
param insightsId string

@description('Required. Resource ID of the Log Analytics workspace, where the logs of Azure itself are.')
param workspaceId string

@description('Required. Price of one minute of the training machine, where the cost table begins; it can be changed on the page.')
param pricePerMinute string

@description('A heading with a line of explanation.')
func heading(text string, explanation string) textItem => {
  type: 1
  content: { json: '## ${text}\n${explanation}' }
}

@description('A table or chart over what the programs reported.')
func panel(title string, query string, visualization string, size int) queryItem => {
  type: 3
  customWidth: size == 100 ? null : string(size)
  content: {
    version: 'KqlItem/1.0'
    title: title
    query: query
    size: 0
    timeContextFromParameter: 'TimeRange'
    queryType: 0 // logs
    resourceType: 'microsoft.insights/components'
    visualization: visualization
    noDataMessage: 'Nothing was reported in this time.'
  }
}

@description('The same over the logs of Azure itself.')
func azurePanel(title string, query string, visualization string, size int, workspaceId string) queryItem => {
  type: 3
  customWidth: string(size)
  content: {
    ...panel(title, query, visualization, size).content
    resourceType: 'microsoft.operationalinsights/workspaces'
    crossComponentResources: [workspaceId]
  }
}

var parameters = {
  type: 9
  content: {
    version: 'KqlParameterItem/1.0'
    style: 'pills'
    queryType: 0
    resourceType: 'microsoft.insights/components'
    parameters: [
      {
        version: 'KqlParameterItem/1.0'
        name: 'TimeRange'
        label: 'Time'
        type: 4
        isRequired: true
        value: { durationMs: 604800000 }
        typeSettings: {
          allowCustom: true
          selectableValues: [
            { durationMs: 3600000 }
            { durationMs: 86400000 }
            { durationMs: 604800000 }
            { durationMs: 2592000000 }
          ]
        }
      }
      {
        version: 'KqlParameterItem/1.0'
        name: 'GpuPrice'
        label: 'Price a minute of training'
        type: 1
        isRequired: true
        value: pricePerMinute
      }
    ]
  }
}

var content = {
  version: 'Notebook/1.0'
  fallbackResourceIds: [insightsId]
  items: [
    parameters
    heading('Datasets', 'What was dropped, and what the gate said. The findings themselves are in the container "reports".')
    panel('Validations', loadTextContent('../queries/datasets.kql'), 'table', 50)
    panel('Findings', loadTextContent('../queries/findings.kql'), 'table', 50)
    heading('Runs', 'Training runs with their curves. Device time is what the machine is billed for.')
    panel('Runs', loadTextContent('../queries/runs.kql'), 'table', 100)
    panel('Training loss by epoch', loadTextContent('../queries/loss.kql'), 'linechart', 50)
    panel('Main score on dev by epoch', loadTextContent('../queries/dev-main.kql'), 'linechart', 50)
    heading('Served models', 'What answers predictions, and how fast.')
    panel('Versions in use', loadTextContent('../queries/served-models.kql'), 'table', 100)
    panel('Latency', loadTextContent('../queries/latency.kql'), 'timechart', 50)
    panel('Texts computed together', loadTextContent('../queries/batches.kql'), 'timechart', 50)
    heading('Evaluations', 'Models on their dev and test splits over time, and how far the traffic is from their data.')
    panel('Main score', loadTextContent('../queries/evaluations.kql'), 'timechart', 50)
    panel('Drops larger than chance', loadTextContent('../queries/evaluation-drop.kql'), 'table', 50)
    panel('Drift of the traffic (above 0.25 is a shift)', loadTextContent('../queries/drift.kql'), 'timechart', 50)
    panel('Predicted labels', loadTextContent('../queries/labels.kql'), 'timechart', 50)
    heading('Faults', 'What the alerts fire on.')
    panel('Failed runs', loadTextContent('../queries/failed-run.kql'), 'table', 50)
    azurePanel('Poison messages', loadTextContent('../queries/poison-message.kql'), 'table', 50, workspaceId)
    heading(
      'Cost',
      'Training by day and model at the price above, and what the logs hold. The bill itself is under Cost analysis.'
    )
    panel('Training', loadTextContent('../queries/cost.kql'), 'table', 50)
    azurePanel('Logs taken in (GB)', loadTextContent('../queries/log-volume.kql'), 'barchart', 50, workspaceId)
  ]
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'droptune')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: title
    category: 'workbook'
    version: '1.0'
    sourceId: insightsId
    serializedData: string(content)
  }
}

@description('Resource ID of the workbook.')
output resourceId string = workbook.id

type textItem = {
  type: int
  content: { json: string }
}

type queryItem = {
  type: int
  customWidth: string?
  content: {
    version: string
    title: string
    query: string
    size: int
    timeContextFromParameter: string
    queryType: int
    resourceType: string
    crossComponentResources: string[]?
    visualization: string
    noDataMessage: string
  }
}
