using System.CommandLine;
using Droptune.Core.Hub;
using Droptune.Core.Hub.Pushing;
using Droptune.Core.Terminal;
using Droptune.TrainingJob.Training.Reports;
using Microsoft.Extensions.Configuration;

namespace Droptune.TrainingJob.Commands;

/// <summary>Brings a version of a model to the hub, as a folder that this program and Python's transformers load from there.</summary>
internal static class PushCommand
{
    /// <summary>
    /// What goes, in this order; nothing else of a folder does. Records hold figures and names, and no text of a dataset. Files among these that the
    /// folder lacks are removed from the branch: two tokenizers side by side would be one too many.
    /// </summary>
    public static readonly IReadOnlyList<string> Pushed =
    [
        ModelFileNames.Weights, ModelFileNames.Onnx, ModelFileNames.Int8Onnx, ModelFileNames.Config, ModelFileNames.Vocabulary, ModelFileNames.Tokenizer,
        ModelFileNames.TokenizerConfig, ModelFileNames.Card, ModelFileNames.Licence, ModelFileNames.Notice, ModelFileNames.Training, ModelFileNames.TrainingCurves, ModelFileNames.Evaluation,
    ];

    /// <summary>What a card may lack that only its author knows.</summary>
    private static readonly (string Key, string What)[] Stated = [("license", "licence"), ("language", "language")];

    public static Command Create()
    {
        var model = new Argument<DirectoryInfo>("model") { Description = $"Folder with {ModelFileNames.Config} and {ModelFileNames.Weights}" };
        var name = new Argument<string>("name") { Description = "The model's name on the hub: org/name" };
        var revision = new Option<string>("--revision") { Description = "Branch, made where there is none", DefaultValueFactory = _ => "main" };
        var isPrivate = new Option<bool>("--private") { Description = "Make a repository that only its owners see" };
        var message = new Option<string?>("--message") { Description = "Message of the commit" };
        var command = new Command("push", $"Push a version of a model to the hub, with the token in {HubOptions.TokenName}") { model, name, revision, isPrivate, message };
        command.SetAction((parsed, stop) => RunAsync(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(name), parsed.GetRequiredValue(revision), parsed.GetValue(isPrivate), parsed.GetValue(message), stop));
        return command;
    }

    private static async Task<int> RunAsync(DirectoryInfo folder, string name, string revision, bool isPrivate, string? message, CancellationToken stop)
    {
        if (HubName.Parse(name) is not { Revision: null } || HubName.Parse($"{name}@{revision}") is not { IsPinned: false } target)
        {
            throw new WrongUseException($"'{name}' and '{revision}' name no branch of a model on the hub: write org/name, and --revision with a branch.");
        }

        if (!File.Exists(Path.Combine(folder.FullName, ModelFileNames.Weights)) || !File.Exists(Path.Combine(folder.FullName, ModelFileNames.Config)))
        {
            throw new WrongUseException($"'{folder}' is no model folder: it has no {ModelFileNames.Weights} or no {ModelFileNames.Config}.");
        }

        var options = LocalBaseModels.Options(new ConfigurationBuilder().AddEnvironmentVariables().Build());
        if (string.IsNullOrEmpty(options.Token))
        {
            throw new WrongUseException(
                $"To push takes a token: set {HubOptions.TokenName} to one that may write to repositories of '{target.Id.Split('/')[0]}', made at {options.Endpoint.TrimEnd('/')}/settings/tokens.");
        }

        using var hub = new HubClient(options, TimeProvider.System);
        var (line, card) = (LiveLine.OnConsole(), CardHeader.Complete(folder.FullName));
        HubPushResult result;
        try
        {
            line.Update($"reading {folder}");
            var files = await FilesAsync(folder.FullName, card, stop);
            result = await new HubPush(hub, target).PushAsync(files, Pushed, message ?? $"Push {folder.Name}", isPrivate, Show, stop);
        }
        finally
        {
            line.End();
        }

        Print(card, target, result);
        return ExitCode.Done;

        void Show(PushedFile file, long bytes) => line.Update(FormattableString.Invariant($"{file.Name}: {bytes / 1e6:0.0} of {file.Size / 1e6:0.0} MB to the hub"));
    }

    private static async Task<List<PushedFile>> FilesAsync(string folder, string card, CancellationToken stop)
    {
        var files = new List<PushedFile>();
        foreach (var name in Pushed.Where(name => name == ModelFileNames.Card || File.Exists(Path.Combine(folder, name))))
        {
            files.Add(name == ModelFileNames.Card
                ? await PushedFile.OfAsync(name, Encoding.UTF8.GetBytes(card), stop)
                : await PushedFile.OfAsync(Path.Combine(folder, name), stop));
        }

        return files;
    }

    private static void Print(string card, HubName target, HubPushResult result)
    {
        Console.WriteLine(result.Changed.Count + result.Deleted.Count == 0 ? $"{target} has it already: nothing was changed." : $"{target}: {result.Commit ?? "pushed"}");
        foreach (var file in result.Changed)
        {
            Console.WriteLine($"  {file}");
        }

        foreach (var file in result.Deleted)
        {
            Console.WriteLine($"  {file} is removed: this version has none");
        }

        var metadata = CardMetadata.In(card.Split('\n'));
        foreach (var (key, what) in Stated.Where(stated => metadata.GetValueOrDefault(stated.Key) is null or "unknown"))
        {
            Console.WriteLine($"  The card states no {what}: write '{key}: …' at the top of {ModelFileNames.Card}, between its lines of dashes, and push again.");
        }
    }
}
