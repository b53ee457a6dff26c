using System.Text.Json.Serialization;

namespace Droptune.Core.Evaluation;

/// <summary>
/// One example's part of the main score: entities right, predicted and expected, and whether the text label is right (null where
/// there is none). In JSON an array of three or four numbers, since a report holds thousands; of six where a text can have several
/// labels: those right, predicted and expected follow the entities.
/// </summary>
[JsonConverter(typeof(OutcomeConverter))]
public readonly record struct Outcome(int Correct, int Predicted, int Expected, bool? LabelIsRight)
{
    /// <summary>Of several labels a text; null where a text has one, or none is known. <see cref="LabelIsRight"/> is null then.</summary>
    public (int Correct, int Predicted, int Expected)? Labels { get; init; }

    /// <summary>
    /// The <see cref="Metrics.MainScore"/> of examples.
    /// </summary>
    /// <param name="all">The outcomes to draw from.</param>
    /// <param name="hasEntities">The task has entities.</param>
    /// <param name="drawn">Which of them, a multiset; null for each once.</param>
    public static double MainScore(IReadOnlyList<Outcome> all, bool hasEntities, ReadOnlySpan<int> drawn = default)
    {
        var (correct, total, right, labels) = (0L, 0L, 0L, 0L);
        var (hasSeveral, correctLabels, totalLabels) = (false, 0L, 0L);
        var count = drawn.IsEmpty ? all.Count : drawn.Length;
        for (var i = 0; i < count; i++)
        {
            var outcome = all[drawn.IsEmpty ? i : drawn[i]];
            correct += outcome.Correct;
            total += outcome.Predicted + outcome.Expected;
            right += outcome.LabelIsRight == true ? 1 : 0;
            labels += outcome.LabelIsRight is null ? 0 : 1;
            if (outcome.Labels is var (rightOnes, predicted, expected))
            {
                (hasSeveral, correctLabels, totalLabels) = (true, correctLabels + rightOnes, totalLabels + predicted + expected);
            }
        }

        double? f1 = hasEntities ? F1(correct, total) : null;
        double? accuracy = labels == 0 ? null : (double)right / labels;
        return Metrics.MainScore.Of(f1, hasSeveral ? F1(correctLabels, totalLabels) : accuracy);

        static double F1(long correct, long total) => total == 0 ? 0 : 2.0 * correct / total;
    }
}

internal sealed class OutcomeConverter : JsonConverter<Outcome>
{
    public override Outcome Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<int[]>(ref reader, options) switch
        {
            [var correct, var predicted, var expected] => new(correct, predicted, expected, null),
            [var correct, var predicted, var expected, var right] => new(correct, predicted, expected, right != 0),
            [var correct, var predicted, var expected, var rightOnes, var guessed, var wanted] =>
                new(correct, predicted, expected, null) { Labels = (rightOnes, guessed, wanted) },
            _ => throw new JsonException("An outcome is an array of three, four or six numbers."),
        };

    public override void Write(Utf8JsonWriter writer, Outcome value, JsonSerializerOptions options)
    {
        var ofLabels = value.Labels is var (correct, predicted, expected) ? $",{correct},{predicted},{expected}"
            : value.LabelIsRight is { } right ? right ? ",1" : ",0" : "";
        var numbers = $"[{value.Correct},{value.Predicted},{value.Expected}{ofLabels}]";
        writer.WriteRawValue(numbers); // on one line, in an indented document too
    }
}
