using System.Net;
using System.Net.Http.Headers;

namespace Droptune.Core.Hub;

/// <summary>An answer with its content still to be read.</summary>
internal sealed record HubAnswer(HttpResponseMessage Response, HubStatement Stated, Uri Address) : IDisposable
{
    /// <summary>What the sender of the content calls its state; null where it says nothing.</summary>
    public ServedFrom? Served => Response.Headers.ETag is { IsWeak: false } tag ? new(Address.Authority, tag) : null;

    public void Dispose() => Response.Dispose();
}

/// <summary>Who sent a part of a file, and its word for the file's state.</summary>
internal sealed record ServedFrom(string Host, EntityTagHeaderValue Tag);

/// <summary>What the hub stated of a file, on the way to it.</summary>
internal sealed record HubStatement(long? Size = null, string? Hash = null)
{
    public bool IsComplete => Size is not null && Hash is not null;

    /// <summary>Adds what an answer states: of the file that it leads to, else of what it brings itself.</summary>
    public HubStatement With(HttpResponseMessage response)
    {
        var brings = response.StatusCode == HttpStatusCode.OK;
        return new(
            Size ?? (long.TryParse(Header(response, "X-Linked-Size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : (long?)null)
                ?? (brings ? response.Content.Headers.ContentLength : null),
            Hash ?? (Header(response, "X-Linked-Etag") ?? (brings ? Header(response, "ETag") : null))?.Replace("W/", "", StringComparison.Ordinal).Trim('"'));
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.First() : null;
}
