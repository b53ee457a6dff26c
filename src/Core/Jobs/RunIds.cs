using System.Security.Cryptography;
using System.Text.Json;

namespace Droptune.Core.Jobs;

/// <summary>Names runs and model versions by their content, so that repeating a request repeats no work.</summary>
public static class RunIds
{
    /// <summary>The first 16 hex digits of SHA-256 over the spec without its id and trace context.</summary>
    public static string For(JobSpec spec)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(spec with { RunId = null, Traceparent = null }, DroptuneJson.Compact);
        return Convert.ToHexStringLower(SHA256.HashData(content))[..16];
    }

    /// <summary>The version of the model that a run makes: the first 12 digits of its id.</summary>
    public static string ModelVersion(string runId) => runId[..12];
}
