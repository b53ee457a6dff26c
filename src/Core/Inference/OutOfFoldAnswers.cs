using System.Text.Json.Serialization;
using Droptune.Core.Datasets.Checking.Texts;

namespace Droptune.Core.Inference;

/// <summary>
/// <c>out-of-fold.json</c> of a version that was trained on its dev split too: what models made in the same way, each without a part of the
/// examples, answer to that part (k-fold cross-validation, Stone 1974). They stand for the version's own answers wherever it is judged: to what
/// it has learned by heart it would give the right ones. Texts are known by a hash; none is in the file.
/// </summary>
public sealed record OutOfFoldAnswers
{
    /// <summary>Models that were made, and parts of the examples.</summary>
    public required int Folds { get; init; }

    /// <summary>By <see cref="KeyOf"/>.</summary>
    public required IReadOnlyDictionary<string, OutOfFoldAnswer> Answers { get; init; }

    /// <summary>Of a model's folder; null where the version was not trained on its dev split.</summary>
    public static OutOfFoldAnswers? Find(string folder)
    {
        var path = Path.Combine(folder, ModelFileNames.OutOfFold);
        return File.Exists(path)
            ? JsonSerializer.Deserialize<OutOfFoldAnswers>(File.ReadAllBytes(path), DroptuneJson.Compact) ?? throw new InvalidDataException($"{path} is null")
            : null;
    }

    public void Save(string folder) =>
        File.WriteAllBytes(Path.Combine(folder, ModelFileNames.OutOfFold), JsonSerializer.SerializeToUtf8Bytes(this, DroptuneJson.Compact));

    /// <summary>The same for the same text or words, byte for byte.</summary>
    public static string KeyOf(PredictInput input)
    {
        var hash = TextHash.Exact(Encoding.UTF8.GetBytes(input.Text ?? string.Join('\n', input.Tokens!)));
        return string.Create(CultureInfo.InvariantCulture, $"{(input.Text is null ? 'w' : 't')}{hash:x16}");
    }

    /// <summary>
    /// The kept answers to what the version was trained on, and its own to the rest; in the order of the inputs. It is asked for all, so that the
    /// time that this takes is that of predictions.
    /// </summary>
    public async Task<IReadOnlyList<Prediction>> AnswerAsync(
        IReadOnlyList<PredictInput> inputs, Func<IReadOnlyList<PredictInput>, CancellationToken, Task<IReadOnlyList<Prediction>>> predict, CancellationToken cancellationToken)
    {
        var own = await predict(inputs, cancellationToken);
        return [.. inputs.Select((input, i) => Answers.GetValueOrDefault(KeyOf(input))?.To(input) ?? own[i])];
    }
}

/// <summary>An answer without the text that it is to.</summary>
public sealed record OutOfFoldAnswer
{
    public PredictedLabel? Label { get; init; }

    /// <summary>Of a text.</summary>
    public IReadOnlyList<KeptEntity>? Entities { get; init; }

    /// <summary>Of words, and the probability of each.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    public IReadOnlyList<float>? TagScores { get; init; }

    public int Pieces { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int UnknownPieces { get; init; }

    public static OutOfFoldAnswer Of(Prediction prediction) => new()
    {
        Label = prediction.Label,
        Entities = prediction.Entities is null ? null : [.. prediction.Entities.Select(entity => new KeptEntity(entity.Label, entity.Start, entity.End, entity.Score))],
        Tags = prediction.Tags,
        TagScores = prediction.TagScores,
        Pieces = prediction.Pieces,
        UnknownPieces = prediction.UnknownPieces,
    };

    /// <summary>The answer to the input that it was given to.</summary>
    public Prediction To(PredictInput input) => new()
    {
        Label = Label,
        Entities = Entities is null ? null : [.. Entities.Select(entity => new PredictedEntity(entity.Label, input.Text![entity.Start..entity.End], entity.Start, entity.End, entity.Score))],
        Tags = Tags,
        TagScores = TagScores,
        Pieces = Pieces,
        UnknownPieces = UnknownPieces,
    };
}

/// <summary>A <see cref="PredictedEntity"/> without its text.</summary>
public sealed record KeptEntity(string Label, int Start, int End, float Score);
