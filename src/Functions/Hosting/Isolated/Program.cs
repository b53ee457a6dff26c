using Droptune.Functions.Hosting;
using Droptune.Functions.Ingestion.Check;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

if (CheckProgram.IsMeant(args))
{
    return await CheckProgram.RunAsync(args);
}

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddOpenTelemetry().UseFunctionsWorkerDefaults(); // names the service after the app: ours, which comes later, counts
builder.Services.AddDroptune(builder.Configuration);
try
{
    builder.Build().Run();
    return 0;
}
catch (Exception e) when (SettingsServices.Problems(e) is { } problems)
{
    Console.Error.WriteLine(problems);
    return 1;
}
