using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Droptune.Functions.Http;

/// <summary>Reads a JSON body whole, and says precisely what is wrong with one that cannot be read.</summary>
public static class RequestBody
{
    public const int MaxBytes = 1 << 20;

    public const string TooLarge = "The body may have 1 MiB (1,048,576 bytes): send it in several requests.";

    /// <summary>An unknown key is refused: a misspelt one would be without effect, silently.</summary>
    private static readonly JsonSerializerOptions Strict = new(DroptuneJson.Compact)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
    {
        RequireJson(request);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(request.ContentLength ?? 4096, MaxBytes) + 1);
        try
        {
            var length = 0;
            int read;
            while ((read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
            {
                length += read;
                if (length > MaxBytes)
                {
                    throw new ProblemException(ProblemKinds.BodyTooLarge, TooLarge);
                }

                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }

            return Parse<T>(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void RequireJson(HttpRequest request)
    {
        var hasType = MediaTypeHeaderValue.TryParse(request.ContentType, out var type);
        var isJson = hasType
            && (type!.MediaType!.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                || type.MediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase))
            && (type.CharSet is null || type.CharSet.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));
        if (!isJson)
        {
            throw new ProblemException(
                ProblemKinds.UnsupportedMediaType,
                $"The body is said to be '{request.ContentType}': send JSON in UTF-8 with the header 'Content-Type: application/json'.");
        }

        if (request.Headers.ContentEncoding.Count > 0)
        {
            throw new ProblemException(ProblemKinds.UnsupportedMediaType, "Send the body without a Content-Encoding.");
        }

        if (request.ContentLength > MaxBytes)
        {
            throw new ProblemException(ProblemKinds.BodyTooLarge, TooLarge);
        }
    }

    private static T Parse<T>(ReadOnlySpan<byte> body)
    {
        body = body.StartsWith("\uFEFF"u8) ? body[3..] : body;
        if (body.IsEmpty)
        {
            throw new ProblemException(ProblemKinds.EmptyBody, "Send a JSON object.");
        }

        if (!Utf8.IsValid(body))
        {
            throw new ProblemException(ProblemKinds.InvalidUtf8, $"The bytes from {ValidPrefix(body)} on (counted from 0) are no UTF-8.");
        }

        try
        {
            return JsonSerializer.Deserialize<T>(body, Strict)
                ?? throw new ProblemException(ProblemKinds.InvalidValue, "The body is null: send a JSON object.");
        }
        catch (JsonException e)
        {
            var isJson = IsJson(body);
            throw new ProblemException(isJson ? ProblemKinds.InvalidValue : ProblemKinds.InvalidJson, $"{JsonReason.Of(e)} /api/openapi.json describes what is expected.", e)
            {
                Place = new(e.LineNumber + 1, e.BytePositionInLine + 1, isJson ? e.Path : null),
            };
        }
    }

    private static int ValidPrefix(ReadOnlySpan<byte> body)
    {
        var units = ArrayPool<char>.Shared.Rent(body.Length);
        Utf8.ToUtf16(body, units, out var valid, out _, replaceInvalidSequences: false);
        ArrayPool<char>.Shared.Return(units);
        return valid;
    }

    private static bool IsJson(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
