using Droptune.Core.Datasets.Findings;
using Droptune.Core.Hub;
using Droptune.Core.Models;
using Droptune.Core.Text.Loading;
using Droptune.Core.Text.Pieces;

namespace Droptune.Core.Datasets.Gate;

/// <summary>What a training on a dataset would start from, as far as it is known before the data are read.</summary>
/// <param name="Base">The base model, or "scratch".</param>
/// <param name="Tokenizer">Of the base model; null where its vocabulary is not known: training from scratch makes its own.</param>
/// <param name="IsDefault">Whether it is the built-in base, and nobody asked for it: data that it does not fit start from scratch.</param>
internal sealed record StartingPoint(BaseModel Base, Tokenizer? Tokenizer = null, bool IsDefault = false)
{
    public static readonly StartingPoint Scratch = new(new BaseModel());
}

/// <summary>Reads the vocabulary of the base model that a dataset is to be trained on; a model that cannot be trained is reported.</summary>
internal static class BaseModelReader
{
    public static async Task<StartingPoint> ReadAsync(
        DatasetManifest manifest, BaseModelFinder? finder, FindingLog log, CancellationToken cancellationToken)
    {
        var start = new StartingPoint(manifest.Start(BaseModel.Scratch));
        if (finder is null || manifest.IsFromScratch())
        {
            return start;
        }

        FoundBaseModel? found = null;
        try
        {
            found = await finder(manifest.BaseModel, cancellationToken);
            if (found is null && manifest.BaseModel is not null)
            {
                log.Add(FindingCode.UnusableBaseModel, $"There is no base model '{manifest.BaseModel}'.");
            }

            if (found is not null)
            {
                var isDefault = manifest.BaseModel is null && found.Folder == BuiltInBase.Folder;
                start = new(manifest.Start(found.Name), IsDefault: isDefault);
                if (HubName.Parse(found.Name) is { IsPinned: true } && found.Folder is { } copy)
                {
                    start = start with { Base = start.Base with { Name = found.Name } };
                    CheckLicence(found.Name, copy, log);
                }

                return found.Folder is { } folder ? Read(start, folder, manifest.Training.MaxLength, log) : start;
            }
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or FileNotFoundException or JsonException or InvalidOperationException or HubException)
        {
            // By the model's name: where its copy lies is nobody's business.
            var reason = found?.Folder is { } folder ? e.Message.Replace(folder, found.Name, StringComparison.Ordinal) : e.Message;
            log.Add(FindingCode.UnusableBaseModel, $"{reason.TrimEnd('.')}.");
        }

        return start;
    }

    private static void CheckLicence(string name, string folder, FindingLog log)
    {
        if (ModelLicence.Concern(ModelLicence.Of(folder)) is { } concern)
        {
            log.Add(FindingCode.RestrictedBaseModel, $"'{name}' {concern}.");
        }
    }

    private static StartingPoint Read(StartingPoint start, string folder, int maxLength, FindingLog log)
    {
        var config = ModelConfig.From(ModelNaming.For(folder).Config);
        if (config.MostPieces < maxLength)
        {
            var reason = $"training.maxLength is {maxLength}, the base model takes {config.MostPieces} pieces.";
            if (start.IsDefault)
            {
                log.Add(FindingCode.UnfitBaseModel, reason);
                return StartingPoint.Scratch;
            }

            log.Add(FindingCode.UnusableBaseModel, reason);
        }

        var tokenizer = TokenizerFolder.Load(folder);
        return tokenizer.Count <= config.VocabSize ? start with { Tokenizer = tokenizer } : throw new InvalidDataException(
            $"The tokenizer of {folder} has {tokenizer.Count} pieces, its {ModelFileNames.Config} says {config.VocabSize} (vocab_size): they are not of one model");
    }
}
