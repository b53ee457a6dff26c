using System.Net.Http.Headers;

namespace Droptune.Core.Hub.Pushing;

/// <summary>
/// Sends large files to where the hub keeps them, by Git LFS's batch and basic transfer (https://github.com/git-lfs/git-lfs/blob/main/docs/api),
/// and by the hub's own transfer in parts, which it asks for by a <c>chunk_size</c> among the headers of an upload.
/// </summary>
internal sealed class LargeFiles(HubClient hub, HubName target, PieceSent? progress)
{
    private static readonly string[] Transfers = ["basic", "multipart"];

    private static readonly MediaTypeHeaderValue LfsJson = new("application/vnd.git-lfs+json");

    /// <summary>Sends a file, unless the hub has it.</summary>
    /// <returns>Whether it was sent.</returns>
    /// <exception cref="HubException">It is not taken.</exception>
    public async Task<bool> SendAsync(PushedFile file, CancellationToken cancellationToken)
    {
        var actions = await AskAsync(file, cancellationToken);
        if (actions.Upload is not { } upload)
        {
            return false;
        }

        if (upload.Headers.TryGetValue("chunk_size", out var size))
        {
            await SendPartsAsync(file, upload, size, cancellationToken);
        }
        else
        {
            using var answer = await PutAsync(file, upload.Address, upload.Headers, 0, file.Size, cancellationToken);
        }

        if (actions.Verify is { } verify)
        {
            using var answer = await PostAsync(verify.Address, new { oid = file.Sha256, size = file.Size }, verify.Headers, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                throw new HubException(
                    $"The hub did not get '{file.Name}' as it is here (SHA-256 {file.Sha256}); it {await PushAnswers.SaidAsync(answer)}. Push again; if that does not help, see that nothing writes into the folder meanwhile.");
            }
        }

        return true;
    }

    /// <summary>Where a file is to go; asked for each by itself, as addresses are good for some time only.</summary>
    private async Task<Actions> AskAsync(PushedFile file, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync(
            hub.AddressOf($"{target.Id}.git/info/lfs/objects/batch"),
            new
            {
                operation = "upload",
                transfers = Transfers,
                hash_algo = "sha256",
                @ref = new { name = target.Revision },
                objects = new[] { new { oid = file.Sha256, size = file.Size } },
            },
            [],
            cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw await PushAnswers.RefusalAsync(hub, target, answer, "write to");
        }

        return PushAnswers.Read(await answer.Content.ReadAsStringAsync(cancellationToken), root =>
        {
            var asked = root.GetProperty("objects").EnumerateArray().Single(entry => entry.GetProperty("oid").GetString() == file.Sha256);
            if (asked.TryGetProperty("error", out var error))
            {
                throw new HubException($"The hub does not take '{file.Name}': {error.GetProperty("message").GetString()}.");
            }

            return asked.TryGetProperty("actions", out var actions) && actions.ValueKind == JsonValueKind.Object
                ? new Actions(Read(actions, "upload"), Read(actions, "verify"))
                : new Actions(null, null);
        });
    }

    private LfsAction? Read(JsonElement actions, string name) => !actions.TryGetProperty(name, out var action) ? null : new(
        hub.Named(action.GetProperty("href").GetString()!),
        action.TryGetProperty("header", out var headers) && headers.ValueKind == JsonValueKind.Object
            ? headers.EnumerateObject().ToDictionary(header => header.Name, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)
            : []);

    /// <summary>Each part goes to an address of its own, which stands under its number among the headers; the hub puts them together.</summary>
    private async Task SendPartsAsync(PushedFile file, LfsAction upload, string size, CancellationToken cancellationToken)
    {
        var addresses = upload.Headers.Where(header => header.Key.All(char.IsAsciiDigit))
            .OrderBy(header => long.Parse(header.Key, CultureInfo.InvariantCulture)).Select(header => hub.Named(header.Value)).ToList();
        if (!long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var partSize) || partSize == 0 || addresses.Count != (file.Size + partSize - 1) / partSize)
        {
            throw new HubException($"The hub wants '{file.Name}' of {file.Size} bytes in {addresses.Count} parts of {size}, which is not all of it.");
        }

        var parts = new List<object>();
        foreach (var (i, address) in addresses.Index())
        {
            using var answer = await PutAsync(file, address, [], i * partSize, Math.Min(partSize, file.Size - (i * partSize)), cancellationToken);
            parts.Add(new
            {
                partNumber = i + 1,
                etag = answer.Headers.NonValidated.TryGetValues("ETag", out var tags) ? tags.First()
                    : throw new HubException($"{address.Host} does not say what it got of '{file.Name}'."),
            });
        }

        using var completed = await PostAsync(upload.Address, new { oid = file.Sha256, parts }, [], cancellationToken);
        await CheckAsync(file, upload.Address, completed);
    }

    private async Task<HttpResponseMessage> PutAsync(
        PushedFile file, Uri address, Dictionary<string, string> headers, long start, long length, CancellationToken cancellationToken)
    {
        var answer = await hub.CallAsync(
            target,
            sent => WithHeaders(
                new(HttpMethod.Put, address)
                {
                    Content = new FilePart(file, start, length, bytes =>
                    {
                        sent();
                        progress?.Invoke(file, bytes);
                    }),
                },
                headers),
            cancellationToken);
        await CheckAsync(file, address, answer);
        return answer;
    }

    private async Task<HttpResponseMessage> PostAsync(Uri address, object body, Dictionary<string, string> headers, CancellationToken cancellationToken) => await hub.CallAsync(
        target,
        _ =>
        {
            var request = WithHeaders(new(HttpMethod.Post, address) { Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)) }, headers);
            request.Content!.Headers.ContentType = LfsJson;
            request.Headers.Accept.Add(new(LfsJson.MediaType!));
            return request;
        },
        cancellationToken);

    private static HttpRequestMessage WithHeaders(HttpRequestMessage request, Dictionary<string, string> headers)
    {
        foreach (var (name, value) in headers)
        {
            _ = request.Headers.TryAddWithoutValidation(name, value) || request.Content!.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static async Task CheckAsync(PushedFile file, Uri address, HttpResponseMessage answer)
    {
        if (!answer.IsSuccessStatusCode)
        {
            using (answer)
            {
                throw new HubException(
                    $"{address.Host}, where the hub keeps large files, does not take '{file.Name}': it {await PushAnswers.SaidAsync(answer)}. Push again: what it has by then is not sent again.");
            }
        }
    }

    private sealed record Actions(LfsAction? Upload, LfsAction? Verify);

    private sealed record LfsAction(Uri Address, Dictionary<string, string> Headers);
}
