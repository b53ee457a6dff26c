using System.CommandLine;
using Droptune.Core.Terminal;
using Droptune.TrainingJob.LanguageModelling;

namespace Droptune.TrainingJob.Commands;

/// <summary>Makes a base model of texts without labels.</summary>
internal static class PretrainCommand
{
    public static Command Create()
    {
        var corpus = new Argument<string[]>("corpus")
        {
            Description = "Files *.txt or *.txt.gz, or folders of them: a paragraph a line; dialogues a turn a line, with a blank line between two",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string>("--out") { Description = "Folder for the base model: new, empty, or with the checkpoint of the same command", Required = true };
        var defaults = new PretrainingOptions();
        var size = new Option<string>("--size") { Description = "tiny, mini, small, medium or base", DefaultValueFactory = _ => defaults.Size };
        var vocabulary = new Option<int>("--vocabulary-size") { Description = "Pieces at most", DefaultValueFactory = _ => defaults.VocabularySize };
        var cased = new Option<bool>("--cased") { Description = "Keep the case of letters" };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the corpus at most", DefaultValueFactory = _ => defaults.Epochs };
        var minutes = new Option<double?>("--max-minutes") { Description = "Time at most; the learning rate falls with it" };
        var tokens = new Option<int?>("--batch-tokens") { Description = "Pieces a step; the default is 131,072 on a GPU, 8,192 on a CPU" };
        var rate = new Option<double?>("--learning-rate") { Description = "Peak learning rate; the default goes by width and batch" };
        var seed = new Option<int>("--seed") { Description = "The same seed gives the same model on a CPU", DefaultValueFactory = _ => defaults.Seed };
        var command = new Command("pretrain", "Make a base model of texts without labels") { corpus, output, size, vocabulary, cased, epochs, minutes, tokens, rate, seed };
        command.SetAction((parsed, stop) => RunAsync(
            parsed.GetRequiredValue(corpus),
            parsed.GetRequiredValue(output),
            new PretrainingOptions
            {
                Size = parsed.GetRequiredValue(size),
                VocabularySize = parsed.GetValue(vocabulary),
                Cased = parsed.GetValue(cased),
                Epochs = parsed.GetValue(epochs),
                MaxMinutes = parsed.GetValue(minutes),
                BatchTokens = parsed.GetValue(tokens),
                LearningRate = parsed.GetValue(rate),
                Seed = parsed.GetValue(seed),
            },
            stop));
        return command;
    }

    private static async Task<int> RunAsync(string[] paths, string output, PretrainingOptions options, CancellationToken stop)
    {
        if (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any(entry => Path.GetFileName(entry) != Pretrainer.CheckpointFolder))
        {
            throw new WrongUseException($"'{output}' is not empty: name a new folder.");
        }

        if (options.Problems() is { Count: > 0 } problems)
        {
            throw new WrongUseException(string.Join(Environment.NewLine, problems));
        }

        var corpus = Read(paths);
        foreach (var file in corpus.Files)
        {
            Console.WriteLine(file.HasDialogues ? $"{file.Name}: {file.Lines} turns of {file.Dialogues.Count} dialogues" : $"{file.Name}: {file.Lines} paragraphs");
        }

        var line = LiveLine.OnConsole();
        PretrainingRecord record;
        try
        {
            record = await Task.Run(() => Pretrainer.Run(new(corpus, options, output), new LineProgress(line), stop), CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            line.End();
            Console.Error.WriteLine($"Stopped; the same command goes on from {Path.Combine(output, Pretrainer.CheckpointFolder)}.");
            return ExitCode.Failed;
        }
        finally
        {
            line.End();
        }

        Console.WriteLine(
            $"{Path.GetFullPath(output)}: {record.Steps} steps in {RunProgressText.Duration(TimeSpan.FromSeconds(record.Seconds))}, " +
            $"{record.TokensPerSecond:F0} tokens/s; guesses {record.GuessedRight:P1} of the hidden pieces of lines it was not trained on");
        return ExitCode.Done;
    }

    private static Corpus Read(string[] paths)
    {
        try
        {
            return Corpus.Read(paths);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new WrongUseException(e.Message);
        }
    }
}
