using System.Diagnostics;
using System.Formats.Tar;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Hub;
using Droptune.TrainingJob.Training;
using Microsoft.Extensions.Logging;

namespace Droptune.TrainingJob.Work;

/// <summary>What trains on local folders: <see cref="FineTuning.Run"/>.</summary>
public delegate FineTuningResult Train(FineTuningInput input, IProgress<RunProgress> progress, CancellationToken cancellationToken);

/// <summary>
/// One run from the storage account to the storage account: snapshot and base model down, training, model folder up, the
/// version's record last, and an evaluation asked for. Repeating it repeats no training that is already stored.
/// </summary>
public sealed class TrainingRun(
    DroptuneStorage storage, ModelStore models, HubModels hub, Train train, ScratchSpace scratch, WorkerOptions options, TimeProvider clock, ILogger<TrainingRun> logger)
{
    private const string Checkpoint = "checkpoint.tar";

    /// <summary>The spec with the commit of a base model of the hub: it is a part of what the run is.</summary>
    /// <exception cref="InvalidJobException">The hub does not give that model.</exception>
    public async Task<JobSpec> PinAsync(JobSpec spec, CancellationToken cancellationToken)
    {
        var name = await OfHubAsync(() => hub.PinAsync(spec.Base.Name, cancellationToken));
        var pinned = spec with { Base = spec.Base with { Name = name } };
        return name == spec.Base.Name ? spec : pinned with { RunId = RunIds.For(pinned) };
    }

    /// <summary>Returns the version of the model that was made. Where storage does not answer, it waits: what was trained is not given up.</summary>
    /// <param name="spec">What to train.</param>
    /// <param name="hold">The worker's hold on the run.</param>
    /// <param name="parts">That each batch is computed in from the beginning.</param>
    public async Task<string> RunAsync(JobSpec spec, IRunHold hold, int parts)
    {
        var version = RunIds.ModelVersion(spec.RunId!);
        if (await models.FindVersionAsync(spec.Model, version, hold.Work) is null)
        {
            await MakeAsync(spec, version, hold, parts);
        }

        // Whoever made the version: a worker that was killed when it had added it left its checkpoint.
        await OutlastAsync(() => CheckpointBlob(spec.Model, version).DeleteIfExistsAsync(cancellationToken: hold.Work), hold.Work);

        var request = new EvaluationRequest(spec.Model, Activity.Current?.Id ?? spec.Traceparent);
        await OutlastAsync(hold.ConfirmAsync, hold.Work);
        await OutlastAsync(() => storage.SendAsync(StorageNames.EvaluationRequests, request, cancellationToken: hold.Work), hold.Work);
        return version;
    }

    private async Task MakeAsync(JobSpec spec, string version, IRunHold hold, int parts)
    {
        var cancellationToken = hold.Work;
        using var scratchFolder = scratch.NewFolder();
        var folder = scratchFolder.Path;
        hold.Report(new RunProgress { Stage = RunStage.Preparing });
        var input = new FineTuningInput(
            spec,
            await SnapshotAsync(spec.Dataset, Path.Combine(folder, "snapshot"), cancellationToken),
            await BaseModelAsync(spec.Base, Path.Combine(folder, "base"), hold),
            Path.Combine(folder, "model"))
        {
            CheckpointFolder = Path.Combine(folder, "checkpoint"),
            CheckpointWritten = path => StoreCheckpoint(path, spec.Model, version, hold),
            Parts = parts,
            Clock = clock,
        };
        await RestoreCheckpointAsync(input.CheckpointFolder, spec.Model, version, cancellationToken);

        var result = await Task.Run(() => train(input, hold, cancellationToken), cancellationToken);

        if (result.BaseWeights is { } weights)
        {
            logger.LogInformation(
                "Base model {Base}: {Missing} start at random, {Unexpected} are not used", spec.Base.Name, weights.Missing, weights.Unexpected);
        }

        var made = new ModelVersionRecord
        {
            Model = spec.Model,
            Version = version,
            RunId = spec.RunId!,
            Dataset = spec.Dataset.Name,
            DatasetVersion = spec.Dataset.Version,
            Task = spec.Task,
            CreatedAt = clock.GetUtcNow(),
            Metrics = result.Metrics,
            DevTrained = result.DevTrained,
        };
        await OutlastAsync(
            () => BlobFolder.UploadAsync(
                storage.Container(StorageNames.Models), ModelStore.Folder(spec.Model, version), input.OutputFolder, cancellationToken),
            cancellationToken);
        await OutlastAsync(hold.ConfirmAsync, cancellationToken);
        await OutlastAsync(() => models.AddVersionAsync(made, cancellationToken), cancellationToken);
    }

    private async Task<string> SnapshotAsync(DatasetReference dataset, string folder, CancellationToken cancellationToken)
    {
        var prefix = SnapshotFile.Folder(dataset.Name, dataset.Version);
        return await BlobFolder.DownloadAsync(storage.Container(StorageNames.Snapshots), prefix, folder, cancellationToken) > 0
            ? folder
            : throw new InvalidJobException(
                $"There is no snapshot '{prefix}' in '{StorageNames.Snapshots}': drop the dataset into '{StorageNames.Datasets}' to have one made.");
    }

    private async Task<string?> BaseModelAsync(BaseModel model, string folder, IRunHold hold)
    {
        if (model.Name == BaseModel.Scratch)
        {
            return null;
        }

        if (await BlobFolder.DownloadAsync(storage.Container(StorageNames.BaseModels), $"{model.Name}/", folder, hold.Work) > 0)
        {
            return folder;
        }

        if (HubName.Parse(model.Name) is { IsPinned: true } name)
        {
            hold.Report(new RunProgress { Stage = RunStage.Preparing, Note = $"fetching {name.Id}" });
            return await OfHubAsync(async () =>
            {
                await hub.FetchAsync(name, folder, withWeights: true, hold.Work);
                return folder;
            });
        }

        return model.Name == BaseModel.BuiltIn ? BuiltInBase.Folder : throw new InvalidJobException(
            $"There is no base model '{model.Name}' in '{StorageNames.BaseModels}': upload its folder there, or use \"{BaseModel.Scratch}\".");
    }

    /// <summary>What the hub will not give however often it is asked, makes the job invalid.</summary>
    private static async Task<string> OfHubAsync(Func<Task<string>> ask)
    {
        try
        {
            return await ask();
        }
        catch (HubException e) when (!e.IsTransient)
        {
            throw new InvalidJobException(e.Message);
        }
    }

    // One blob, replaced as a whole: a worker that is killed while it stores a checkpoint leaves the one before.
    private void StoreCheckpoint(string folder, string model, string version, IRunHold hold)
    {
        if (hold.IsLost)
        {
            return; // another worker stores its own
        }

        var archive = folder + ".tar";
        TarFile.CreateFromDirectory(folder, archive, includeBaseDirectory: false);
        var tagged = new BlobUploadOptions { Tags = new Dictionary<string, string> { [StorageNames.CheckpointTag] = StorageNames.CheckpointTagValue } };
        try
        {
            CheckpointBlob(model, version).Upload(archive, tagged, CancellationToken.None); // the last one is written because the work was cancelled
        }
        catch (Exception e) when (StorageFailure.Is(e))
        {
            // The training goes on, and the next checkpoint has all that this one had.
            logger.LogWarning("A checkpoint of model {Model} {Version} could not be stored: {Reason}", model, version, StorageFailure.Reason(e));
        }

        File.Delete(archive);
    }

    private Task OutlastAsync(Func<Task> call, CancellationToken cancellationToken) => StorageFailure.OutlastAsync(
        call, options.RetryAfter, reason => logger.LogWarning("Storage does not answer, trying on: {Reason}", reason), clock, cancellationToken);

    private async Task RestoreCheckpointAsync(string folder, string model, string version, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var blob = CheckpointBlob(model, version);
        if (await blob.ExistsAsync(cancellationToken))
        {
            await using var archive = await blob.OpenReadAsync(cancellationToken: cancellationToken);
            await TarFile.ExtractToDirectoryAsync(archive, folder, overwriteFiles: true, cancellationToken);
        }
    }

    private BlobClient CheckpointBlob(string model, string version) =>
        storage.Container(StorageNames.Models).GetBlobClient(ModelStore.Folder(model, version) + Checkpoint);
}
