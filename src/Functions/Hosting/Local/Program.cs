using Droptune.Functions.Hosting.Local;

await using var host = LocalHost.Build(args);
await host.RunAsync();
