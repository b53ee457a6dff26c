using Droptune.Functions.Hosting.Local;
using Droptune.Functions.Ingestion.Check;

Console.OutputEncoding = Encoding.UTF8; // Chinese predictions and progress bars, on Windows too
return CheckProgram.IsMeant(args) ? await CheckProgram.RunAsync(args) : await new LocalRun(args).RunAsync();
