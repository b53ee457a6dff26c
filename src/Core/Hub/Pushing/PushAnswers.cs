namespace Droptune.Core.Hub.Pushing;

/// <summary>What the hub answers to a push, and what that means for who pushes.</summary>
internal static class PushAnswers
{
    private const int LongestReason = 300; // characters of what the hub says

    /// <summary>Reads an answer.</summary>
    /// <exception cref="HubException">It is none that is known.</exception>
    public static T Read<T>(string json, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new HubException($"The hub's answer is not understood ({e.Message.ReplaceLineEndings(" ")}): see that {HubOptions.EndpointName} is a hub, and no mirror that only gives.", e);
        }
    }

    /// <summary>A text of an object; null where there is none.</summary>
    public static string? Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>"answers 400 (and why)".</summary>
    public static async Task<string> SaidAsync(HttpResponseMessage answer)
    {
        var said = (answer.Headers.TryGetValues("X-Error-Message", out var messages) ? messages.First() : await ErrorAsync(answer.Content))?.ReplaceLineEndings(" ").Trim().TrimEnd('.');
        return $"answers {(int)answer.StatusCode}{(said is { Length: > 0 } ? $" ({(said.Length > LongestReason ? said[..LongestReason] + "…" : said)})" : "")}";
    }

    /// <summary>Why the hub does not do something, and which right is missing for it.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="target">What it is about.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="what">What was asked, as "write to", before the model's name.</param>
    public static async Task<HubException> RefusalAsync(HubClient hub, HubName target, HttpResponseMessage answer, string what)
    {
        var (owner, tokens, said) = (target.Id.Split('/')[0], hub.AddressOf("settings/tokens"), await SaidAsync(answer));
        var code = answer.Headers.TryGetValues("X-Error-Code", out var codes) ? codes.First() : null;
        return new((int)answer.StatusCode switch
        {
            401 => $"The hub does not know the token in {HubOptions.TokenName}: it {said}. Make one with the right to write to repositories of '{owner}' at {tokens}.",
            403 => $"The token in {HubOptions.TokenName} may not {what} '{target.Id}': the hub {said}. It needs the right to write to repositories of '{owner}' " +
                $"(the role 'write', or that permission of a fine-grained token): see {tokens}. Its account must be '{owner}', or one of its members who may write.",
            404 when code == "RevisionNotFound" => $"'{target.Id}' has no branch '{target.Revision}' on the hub.",
            404 => $"The hub shows no '{target.Id}' to the account of {HubOptions.TokenName}: it {said}. The token needs the rights to read and to write to it: see {tokens}.",
            409 => $"'{target.Id}' is on the hub and not for the account of {HubOptions.TokenName}, or is just being made: the hub {said}. Try again, or take another name.",
            > 300 and < 400 => $"{hub.AddressOf("")} sends what is pushed on to {answer.Headers.Location}: set {HubOptions.EndpointName}, or the model's name, to what it says there.",
            _ => $"The hub does not take '{target}': it {said}.",
        });
    }

    private static async Task<string?> ErrorAsync(HttpContent content)
    {
        try
        {
            using var document = JsonDocument.Parse(await content.ReadAsStringAsync());
            return Text(document.RootElement, "error") ?? Text(document.RootElement, "message");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // a page for people
        }
    }
}
