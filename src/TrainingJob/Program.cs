using System.CommandLine;
using Droptune.TrainingJob.Commands;
using Droptune.TrainingJob.Torch;

NativeSetup.Apply();
Console.OutputEncoding = Encoding.UTF8; // Chinese labels and progress bars, on Windows too

var root = new RootCommand("Trains, evaluates and exports Droptune models, on this machine or for the queue of a storage account.")
{
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    ExportCommand.Create(),
    ValidateCommand.Create(),
    WorkCommand.Create(),
    ForgetCommand.Create(),
    PushCommand.Create(),
    PretrainCommand.Create(),
};

var parsed = root.Parse(args);
var stopping = new InvocationConfiguration
{
    // Time to write a checkpoint and give a job back after Ctrl+C or SIGTERM, before the process ends all the same.
    ProcessTerminationTimeout = TimeSpan.FromSeconds(25),
    EnableDefaultExceptionHandler = false,
};
try
{
    var exitCode = await parsed.InvokeAsync(stopping);
    return parsed.Errors.Count > 0 ? ExitCode.WrongUse : exitCode;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped.");
    return ExitCode.Failed;
}
catch (WrongUseException e)
{
    Console.Error.WriteLine(e.Message);
    return ExitCode.WrongUse;
}
catch (Exception e)
{
    Console.Error.WriteLine($"Failed: {NativeFailure.Told(e)}");
    return ExitCode.Failed;
}
