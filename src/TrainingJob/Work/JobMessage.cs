using Azure.Storage.Queues.Models;

namespace Droptune.TrainingJob.Work;

/// <summary>Reads a job spec from a message of <c>training-jobs</c>.</summary>
internal static class JobMessage
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What the message says: decoded where it is Base64 of a text, else as it came.</summary>
    public static string Text(QueueMessage message)
    {
        var text = message.Body.ToString();
        try
        {
            return StrictUtf8.GetString(Convert.FromBase64String(text));
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return text;
        }
    }

    /// <summary>The spec, with its run's id.</summary>
    /// <exception cref="InvalidJobException">The text is no job spec, or one that cannot be run; every problem is named.</exception>
    public static JobSpec Read(QueueMessage message)
    {
        JobSpec spec;
        try
        {
            spec = JsonSerializer.Deserialize<JobSpec>(Text(message), DroptuneJson.Compact) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new InvalidJobException($"The message is no job spec: {e.Path}: {JsonReason.Of(e)}");
        }

        var problems = Problems(spec).ToList();
        return problems.Count == 0
            ? spec with { RunId = RunIds.For(spec) }
            : throw new InvalidJobException($"The job spec cannot be run: {string.Join("; ", problems)}", spec.RunId);
    }

    private static IEnumerable<string> Problems(JobSpec spec)
    {
        foreach (var problem in JobSpecRules.Problems(spec))
        {
            yield return problem;
        }

        if (!DatasetReference.IsVersion(spec.Dataset.Version))
        {
            yield return $"dataset.version: '{spec.Dataset.Version}' is no version of a snapshot (12 hex digits)";
        }

        if (spec.RunId is not null && spec.RunId != RunIds.For(spec))
        {
            yield return $"runId: '{spec.RunId}' is not the id of this spec, which is '{RunIds.For(spec)}' (leave it out)";
        }
    }
}

/// <summary>The job cannot succeed however often it is tried; the message says what to change.</summary>
public sealed class InvalidJobException(string message, string? runId = null) : Exception(message)
{
    /// <summary>The run that the job names, where it could be read.</summary>
    public string? RunId { get; } = runId;
}
