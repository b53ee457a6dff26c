using Droptune.Core.Datasets.Findings;
using Droptune.Core.Models;
using Droptune.Core.Text.WordPiece;

namespace Droptune.Core.Datasets.Gate;

/// <summary>Reads the vocabulary of the base model that a dataset is to be trained on; a model that cannot be trained is reported.</summary>
internal static class BaseModelReader
{
    /// <summary>Null where the vocabulary is not known: training from scratch makes its own.</summary>
    public static async Task<WordPieceTokenizer?> ReadAsync(
        DatasetManifest manifest, BaseModelFinder? finder, FindingLog log, CancellationToken cancellationToken)
    {
        if (finder is null || manifest.BaseModel is BaseModel.Scratch || (manifest.BaseModel is null && manifest.Size is not null))
        {
            return null;
        }

        string? folder = null;
        try
        {
            folder = await finder(manifest.BaseModel, cancellationToken);
            if (folder is not null)
            {
                return Read(folder, manifest.Training.MaxLength, log);
            }

            if (manifest.BaseModel is not null)
            {
                log.Add(FindingCode.UnusableBaseModel, $"There is no base model '{manifest.BaseModel}'.");
            }
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or FileNotFoundException or JsonException or InvalidOperationException)
        {
            // By the model's name: where its copy lies is nobody's business.
            var reason = folder is null ? e.Message : e.Message.Replace(folder, Path.GetFileName(folder), StringComparison.Ordinal);
            log.Add(FindingCode.UnusableBaseModel, $"{reason.TrimEnd('.')}.");
        }

        return null;
    }

    private static WordPieceTokenizer Read(string folder, int maxLength, FindingLog log)
    {
        var config = ModelConfig.From(ModelNaming.For(folder).Config);
        if (config.MaxPositionEmbeddings < maxLength)
        {
            log.Add(FindingCode.UnusableBaseModel, $"training.maxLength is {maxLength}, the base model takes {config.MaxPositionEmbeddings} pieces.");
        }

        return WordPieceTokenizer.Load(folder);
    }
}
