using Droptune.Core.Datasets.Gate;
using Droptune.Core.Hub;
using Droptune.Core.Terminal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Droptune.TrainingJob.Commands;

/// <summary>
/// The base models of local trainings: what <c>--base</c> names, or the manifest, else the built-in one. That is a folder, or a model of the
/// hub, of which a copy is kept for this user.
/// </summary>
internal sealed class LocalBaseModels(IConfiguration configuration)
{
    private const string CacheName = "Hub:Cache";

    public static LocalBaseModels OfEnvironment() => new(new ConfigurationBuilder().AddEnvironmentVariables().Build());

    /// <summary>Null for a training from scratch: lengths are then counted without a vocabulary.</summary>
    /// <param name="asked">A folder, a model of the hub, the built-in base's name, "scratch", or null.</param>
    public BaseModelFinder? Finder(string? asked) => asked == BaseModel.Scratch ? null : asked is not null && !IsKnown(asked)
        ? throw Unknown(asked)
        : async (name, cancellationToken) => await FindAsync(asked ?? name ?? BaseModel.BuiltIn, withWeights: false, cancellationToken);

    /// <summary>Whether a name is that of a base model that can be looked at here.</summary>
    public static bool IsKnown(string name) => FolderOf(name) is not null || HubName.Parse(name) is not null;

    /// <summary>A base model with its weights.</summary>
    /// <exception cref="HubException">The hub does not give it.</exception>
    public async Task<FoundBaseModel> FetchAsync(string name, CancellationToken cancellationToken) =>
        await FindAsync(name, withWeights: true, cancellationToken) is { Folder: not null } found ? found : throw Unknown(name);

    private async Task<FoundBaseModel> FindAsync(string name, bool withWeights, CancellationToken cancellationToken)
    {
        if (FolderOf(name) is not { } folder)
        {
            return HubName.Parse(name) is { } model
                ? await OfHubAsync(model, withWeights, cancellationToken)
                : new(name, Folder: null); // perhaps in the account
        }

        foreach (var path in Directory.GetFiles(folder, "*.safetensors"))
        {
            using var file = File.OpenRead(path);
            SafeTensorsHeader.Read(file, file.Length, path);
        }

        return new(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), Path.GetFullPath(folder));
    }

    private async Task<FoundBaseModel> OfHubAsync(HubName model, bool withWeights, CancellationToken cancellationToken)
    {
        var cache = configuration[CacheName] ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "droptune", StorageNames.BaseModels);
        using var hub = new HubClient(Options(configuration), TimeProvider.System);
        var pinned = model.IsPinned ? model
            : (model.Revision is null ? Newest(model, cache) : null) ?? (await hub.FindAsync(model, cancellationToken)).Name;
        var folder = Path.Combine(cache, pinned.Folder);
        var line = LiveLine.OnConsole();
        var arrived = 0L;
        try
        {
            await HubCopy.CompleteAsync(hub, pinned, folder, withWeights, Show, cancellationToken);
        }
        finally
        {
            line.End();
        }

        return new($"{pinned}", folder);

        Task Show(HubFile file, long start, ReadOnlyMemory<byte> piece, CancellationToken cancellation)
        {
            arrived += piece.Length;
            line.Update(FormattableString.Invariant($"{pinned.Id}: {arrived / 1e6:0.0} MB from the hub"));
            return Task.CompletedTask;
        }
    }

    /// <summary>The settings of the hub.</summary>
    /// <exception cref="WrongUseException">Some cannot be used.</exception>
    public static HubOptions Options(IConfiguration configuration)
    {
        try
        {
            return HubOptions.From(configuration);
        }
        catch (OptionsValidationException e)
        {
            throw new WrongUseException(SettingsServices.Problems(e)!);
        }
    }

    private static HubName? Newest(HubName model, string cache) => !Directory.Exists(cache) ? null
        : Directory.GetFiles(cache, ModelFileNames.Config, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .Select(path => HubName.OfFolder(Path.GetFileName(Path.GetDirectoryName(path))!))
            .FirstOrDefault(copy => copy?.Id == model.Id);

    private static string? FolderOf(string name) => Directory.Exists(name) ? name : name == BaseModel.BuiltIn ? BuiltInBase.Folder : null;

    private static WrongUseException Unknown(string name) => new(
        $"There is no folder '{name}': a base model is a folder, a model of the hub (org/name), '{BaseModel.BuiltIn}' or '{BaseModel.Scratch}'.");
}
