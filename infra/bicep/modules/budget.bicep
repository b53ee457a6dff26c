metadata description = 'A monthly budget of the resource group: told at 80 % of it, and when the forecast passes it.'

@description('Required. Amount a month, in the currency of the billing account.')
param amount int

@description('Required. Addresses that are told.')
param emails string[]

@description('Required. Resource ID of the action group that is told too.')
param actionGroupId string

@description('Optional. First day of the budget: the first of a month.')
param startDate string = utcNow('yyyy-MM-01')

resource budget 'Microsoft.Consumption/budgets@2026-06-01' = {
  name: 'monthly'
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: startDate }
    notifications: {
      spent: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: emails
        contactGroups: [actionGroupId]
      }
      forecast: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: emails
        contactGroups: [actionGroupId]
      }
    }
  }
}

@description('Name of the budget.')
output name string = budget.name
