using System.CommandLine;
using Droptune.Core.Forgetting;
using Microsoft.Extensions.Configuration;

namespace Droptune.TrainingJob.Commands;

/// <summary>Forgets a person's text in a storage account, and lists what still has it.</summary>
internal static class ForgetCommand
{
    public static Command Create()
    {
        var text = new Argument<string>("text") { Description = "The text of an example, whole; case, width and white space do not matter. \"-\" reads it from standard input" };
        var command = new Command(
            "forget",
            $"Remove a text from corrections, texts to label and reports of the storage account in the setting '{StorageNames.Connection}', keep it out of " +
            "every dataset version to come, and list what still has it, each with the command that deletes it")
        {
            text,
        };
        command.SetAction((parsed, stop) => RunAsync(parsed.GetRequiredValue(text), stop));
        return command;
    }

    private static async Task<int> RunAsync(string text, CancellationToken stop)
    {
        text = text == "-" ? await Console.In.ReadToEndAsync(stop) : text;
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new WrongUseException("The text is empty.");
        }

        var storage = DroptuneStorage.From(new ConfigurationBuilder().AddEnvironmentVariables().Build());
        await storage.EnsureCreatedAsync(stop);
        var clock = TimeProvider.System;
        var report = await new Forgetter(storage, new ForgottenTexts(storage, clock), new ModelStore(storage, clock)).ForgetAsync(text, stop);
        Console.WriteLine("It stays out of every dataset version from now on.");
        foreach (var place in report.Removed)
        {
            Console.WriteLine($"removed from  {place}");
        }

        foreach (var held in report.Held)
        {
            Console.WriteLine($"still in      {held.Name}\n              {held.Command}");
        }

        return ExitCode.Done;
    }
}
