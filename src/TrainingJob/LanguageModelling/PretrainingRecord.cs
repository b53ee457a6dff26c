using Droptune.Core.Reports.Markup;

namespace Droptune.TrainingJob.LanguageModelling;

/// <summary><c>pretraining.json</c> of a base model: what it was made of, and how; its card is made of it.</summary>
internal sealed record PretrainingRecord
{
    public const string FileName = "pretraining.json";

    public required PretrainingOptions Options { get; init; }

    public required string Machine { get; init; }

    public required IReadOnlyList<PretrainedFile> Files { get; init; }

    /// <summary>Of an epoch, without padding.</summary>
    public required int Pieces { get; init; }

    public required int Steps { get; init; }

    public required double Seconds { get; init; }

    public required IReadOnlyList<PretrainedEpoch> Curve { get; init; }

    /// <summary>Part of the hidden pieces of lines that were not trained on that the model guesses.</summary>
    public required double GuessedRight { get; init; }

    public double TokensPerSecond => Curve.Count == 0 ? 0 : Curve[^1].TokensPerSecond;

    public void Write(string folder)
    {
        File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, DroptuneJson.Readable));
        File.WriteAllText(Path.Combine(folder, ModelFileNames.Card), Card(Path.GetFileName(Path.GetFullPath(folder))));
    }

    // The licence is left to whoever knows that of the texts.
    private string Card(string name)
    {
        var size = ModelSize.Of(Options.Size);
        var card = new StringBuilder();
        card.Append(CultureInfo.InvariantCulture, $"""
            ---
            pipeline_tag: fill-mask
            ---
            # {name}

            BERT, {size.Layers} layers of {size.Hidden}, a vocabulary of at most {Options.VocabularySize:N0} pieces ({(Options.Cased ? "case kept" : "lower-cased")}, marks kept), positions to
            {PretrainingData.MaxLength}, in float16, with the head that guesses pieces. Pre-trained from random weights: {Steps:N0} steps of {Options.BatchTokens:N0} pieces in {Seconds:F0} s over
            {Pieces:N0} pieces an epoch, on {Machine}. Of the hidden pieces of lines that it was not trained on it guesses {GuessedRight:P1}.
            State the licence here that the texts allow (`license:` between the dashes above), and list them in {ModelFileNames.Notice}.

            | file | lines | dialogues |
            |---|--:|--:|

            """);
        foreach (var file in Files)
        {
            card.Append(Markdown.Row(Markdown.Code(file.Name), $"{file.Lines}", $"{file.Dialogues}"));
        }

        return card.ToString();
    }
}

/// <summary>A file of the corpus; running text has no dialogues.</summary>
internal sealed record PretrainedFile(string Name, int Lines, int? Dialogues);

/// <summary>Steps until its end, mean loss, pieces a second.</summary>
internal sealed record PretrainedEpoch(int Epoch, int Step, double Loss, double TokensPerSecond);
