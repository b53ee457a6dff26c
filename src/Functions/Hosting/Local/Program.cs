using Droptune.Functions.Hosting.Local;

Console.OutputEncoding = Encoding.UTF8; // Chinese predictions and progress bars, on Windows too
return await new LocalRun(args).RunAsync();
