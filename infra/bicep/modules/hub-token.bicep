metadata description = 'Lets the programs read the token of the model hub, a secret of a vault that is there already.'

@description('Required. Name of the Key Vault.')
param vaultName string

@description('Required. Name of the token in it.')
param name string

@description('Required. Principal IDs of the function app and the training job.')
param principals { functions: string, training: string }

// Key Vault Secrets User, the same in every tenant.
var role = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2026-05-15' existing = {
  name: vaultName

  resource token 'secrets' existing = {
    name: name
  }
}

resource onToken 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principal in items(principals): {
    scope: vault::token
    name: guid(vault::token.id, principal.key, role)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
      principalId: principal.value
      principalType: 'ServicePrincipal'
      description: 'The program fetches private and gated base models from the hub.'
    }
  }
]
