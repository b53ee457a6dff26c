using System.Net.Http.Headers;
using Polly;
using Polly.Retry;

namespace Droptune.Core.Hub;

/// <summary>
/// Asks the model hub, over HTTP. Redirects are followed here, one by one: the token is for the hub's own host, which sends large files
/// from another. What the hub cannot do now is asked for again after the pause that it names.
/// </summary>
public sealed class HubClient : IDisposable
{
    private const int MostRedirects = 5;
    private const int MostTries = 6;
    private const int LargestAnswer = 16 << 20; // a description names every file of a model, and some have thousands

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60); // after which a connection counts as cut

    private readonly HubOptions _options;
    private readonly TimeProvider _clock;
    private readonly Uri _endpoint;
    private readonly HttpClient _http;

    public HubClient(HubOptions options, TimeProvider clock)
    {
        (_options, _clock, _endpoint) = (options, clock, new Uri(options.Endpoint.TrimEnd('/') + "/"));
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // names of hosts move
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // each request is given up by itself, after a silence
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new("droptune", typeof(HubClient).Assembly.GetName().Version!.ToString(3)));
        Retries = new ResiliencePipelineBuilder { TimeProvider = clock }.AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<HubException>(e => e.IsTransient && !(e.RetryAfter > LongestPause)),
            MaxRetryAttempts = MostTries - 1,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromSeconds(1),
            UseJitter = true,
            DelayGenerator = tried => ValueTask.FromResult((tried.Outcome.Exception as HubException)?.RetryAfter),
        }).Build();
    }

    /// <summary>What may be fetched.</summary>
    public HubSettings Settings => _options.Hub;

    /// <summary>Tries again what failed for now.</summary>
    internal ResiliencePipeline Retries { get; }

    public void Dispose() => _http.Dispose();

    /// <summary>What the hub says of a model, and with it the commit that its revision names now.</summary>
    /// <exception cref="HubException">It has no such model, gives it to others only, or does not answer.</exception>
    public Task<HubModel> FindAsync(HubName name, CancellationToken cancellationToken) => Retries.ExecuteAsync(
        async cancellation =>
        {
            var address = $"api/models/{name.Id}/revision/{Uri.EscapeDataString(name.Revision ?? "main")}";
            using var answer = await SendAsync(name, null, HttpMethod.Get, address, from: 0, served: null, cancellation);
            return HubModel.Read(await ReadAsync(answer, LargestAnswer, cancellation), name);
        },
        cancellationToken).AsTask();

    /// <summary>What the hub states of a file.</summary>
    /// <exception cref="HubException">It does not give it, or states nothing that it could be checked by.</exception>
    public Task<HubFile> DescribeAsync(HubName model, string file, CancellationToken cancellationToken) => Retries.ExecuteAsync(
        async cancellation =>
        {
            using var answer = await SendAsync(model, file, HttpMethod.Head, AddressOf(model, file), from: 0, served: null, cancellation);
            return answer.Stated is { Size: { } size and >= 0, Hash: { } hash } && HubFile.IsHash(hash)
                ? new HubFile(file, size, hash)
                : throw new HubException($"The hub states no size and hash of '{file}' of '{model}' that it could be checked by.");
        },
        cancellationToken).AsTask();

    /// <summary>One try at a file's content from a byte on; of the same state, where who gave the bytes before gives it again.</summary>
    internal Task<HubAnswer> OpenAsync(HubName model, string file, long from, ServedFrom? served, CancellationToken cancellationToken) =>
        SendAsync(model, file, HttpMethod.Get, AddressOf(model, file), from, served, cancellationToken);

    /// <summary>
    /// A call that is not of a file: asks the API, or brings something to the hub, or to where the hub has it brought. It is not sent on from
    /// there, as what it brings is meant for that address.
    /// </summary>
    /// <param name="model">What it is about.</param>
    /// <param name="make">Makes the request of a try; calls what it gets whenever some of the content has gone.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The answer, its body in memory, whatever its status is but one that means "not now".</returns>
    /// <exception cref="HubException">It does not answer, or not now.</exception>
    internal Task<HttpResponseMessage> CallAsync(HubName model, Func<Action, HttpRequestMessage> make, CancellationToken cancellationToken) => Retries.ExecuteAsync(
        async cancellation =>
        {
            if (!Settings.Enabled)
            {
                throw new HubException("The hub is switched off here (Hub__Enabled).");
            }

            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            using var request = make(() => patience.CancelAfter(Silence));
            Authorize(request);
            var response = await SendAsync(request, patience, cancellation);
            try
            {
                await response.Content.LoadIntoBufferAsync(LargestAnswer, patience.Token);
            }
            catch (Exception e) when (IsCut(e, cancellation))
            {
                response.Dispose();
                throw new HubException($"The hub's connection was cut: {e.Message}", e) { IsTransient = true };
            }

            if (!IsNotNow(response))
            {
                return response;
            }

            using (response)
            {
                throw NotNow(response, $"{request.RequestUri!.Host} does not take '{model}' now");
            }
        },
        cancellationToken).AsTask();

    /// <summary>An address of the hub.</summary>
    internal Uri AddressOf(string path) => new(_endpoint, path);

    /// <summary>An address that the hub names, perhaps of another host.</summary>
    /// <exception cref="HubException">It is of no kind that is followed.</exception>
    internal Uri Named(string address) => Followed(new Uri(_endpoint, address));

    /// <summary>The next bytes of an answer; 0 at its end.</summary>
    internal static async Task<int> ReadAsync(Stream content, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(Silence, cancellationToken);
        }
        catch (Exception e) when (e is IOException or TimeoutException or HttpRequestException)
        {
            throw new HubException($"The hub's connection was cut: {e.Message}", e) { IsTransient = true };
        }
    }

    private static string AddressOf(HubName model, string file) => $"{model.Id}/resolve/{Uri.EscapeDataString(model.Revision!)}/{Uri.EscapeDataString(file)}";

    private async Task<HubAnswer> SendAsync(
        HubName name, string? file, HttpMethod method, string path, long from, ServedFrom? served, CancellationToken cancellationToken)
    {
        CheckAllowed(name);
        var (address, stated) = (new Uri(_endpoint, path), new HubStatement());
        for (var redirects = 0; ; redirects++)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var request = new HttpRequestMessage(method, address);
            var isHub = Authorize(request);
            request.Headers.Range = from > 0 ? new RangeHeaderValue(from, null) : null;
            if (from > 0 && served?.Host == address.Authority)
            {
                request.Headers.IfMatch.Add(served.Tag);
            }

            var response = await SendAsync(request, patience, cancellationToken);
            if (isHub)
            {
                stated = stated.With(response); // only the hub says what a file must be, not who else sends it
            }

            if (response.IsSuccessStatusCode || (method == HttpMethod.Head && stated.IsComplete && response.Headers.Location is not null))
            {
                return new(response, stated, address);
            }

            using (response)
            {
                address = response.Headers.Location is { } next && (int)response.StatusCode is > 300 and < 400
                    ? Next(address, next, redirects)
                    : throw Refusal(response, name, file, isHub);
            }
        }
    }

    /// <summary>Sends until an answer begins.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="patience">Is cancelled after a silence.</param>
    /// <param name="cancellationToken">Cancelled by who asks.</param>
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationTokenSource patience, CancellationToken cancellationToken)
    {
        try
        {
            patience.CancelAfter(Silence);
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        }
        catch (Exception e) when (IsCut(e, cancellationToken))
        {
            throw new HubException($"The hub cannot be reached ({request.RequestUri!.Host}): {e.GetBaseException().Message.TrimEnd('.')}.", e) { IsTransient = true };
        }
    }

    private static bool IsCut(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static async Task<byte[]> ReadAsync(HubAnswer answer, int limit, CancellationToken cancellationToken)
    {
        await using var stream = await answer.Response.Content.ReadAsStreamAsync(cancellationToken);
        var (content, buffer) = (new MemoryStream(), new byte[1 << 16]);
        while (await ReadAsync(stream, buffer, cancellationToken) is var count and > 0)
        {
            content.Write(buffer.AsSpan(0, count));
            if (content.Length > limit)
            {
                throw new HubException($"The hub's answer is longer than {limit} bytes.");
            }
        }

        return content.ToArray();
    }

    private void CheckAllowed(HubName name)
    {
        if (!Settings.Enabled)
        {
            throw new HubException($"'{name}' is of the hub, which is switched off here (Hub__Enabled): copy its folder to base-models, and name that.");
        }

        if (!Settings.Allows(name))
        {
            throw new HubException($"'{name.Id}' is not among the models of the hub that may be used here (Hub__Allow: {Settings.Allow}).");
        }
    }

    /// <summary>Gives a request the token, if it is for the hub itself; says whether it is.</summary>
    private bool Authorize(HttpRequestMessage request)
    {
        var isHub = IsHub(request.RequestUri!);
        if (isHub && !string.IsNullOrEmpty(_options.Token))
        {
            request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", _options.Token);
        }

        return isHub;
    }

    private bool IsHub(Uri address) => Uri.Compare(address, _endpoint, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;

    private Uri Next(Uri address, Uri next, int redirects) =>
        redirects < MostRedirects ? Followed(new Uri(address, next)) : throw new HubException("The hub sends on and on.");

    private Uri Followed(Uri address) => address.Scheme == "https" || address.Scheme == _endpoint.Scheme
        ? address
        : throw new HubException($"The hub sends on to an address of {address.Scheme}, which is not followed.");

    private static bool IsNotNow(HttpResponseMessage response) => (int)response.StatusCode is 408 or 429 or >= 500;

    private HubException NotNow(HttpResponseMessage response, string what)
    {
        var pause = response.Headers.RetryAfter is { } asked ? asked.Delta ?? (asked.Date - _clock.GetUtcNow()) : (TimeSpan?)null;
        return new($"{what}: it answers {(int)response.StatusCode}{(pause is { } p ? FormattableString.Invariant($", and to ask again in {p.TotalSeconds:0} s") : "")}.")
        {
            IsTransient = true,
            RetryAfter = pause < TimeSpan.Zero ? TimeSpan.Zero : pause,
        };
    }

    /// <summary>
    /// Whether a model is missing, or there and not for us, is one message: the names of private models are nobody's business. That one is
    /// gated, the hub tells everybody.
    /// </summary>
    private HubException Refusal(HttpResponseMessage response, HubName name, string? file, bool isHub)
    {
        var (status, code) = ((int)response.StatusCode, response.Headers.TryGetValues("X-Error-Code", out var codes) ? codes.First() : "");
        if (!isHub || IsNotNow(response) || status == 412)
        {
            return NotNow(response, $"The hub does not give '{name}' now");
        }

        return new((status, code) switch
        {
            ( >= 401 and <= 404, "GatedRepo") =>
                $"The hub gives '{name.Id}' only to those who accepted its conditions: accept them at {_endpoint}{name.Id}, and set {HubOptions.TokenName} to a token of that account.",
            (404, "RevisionNotFound") => $"'{name.Id}' has no revision '{name.Revision}' on the hub.",
            (404, "EntryNotFound") => $"'{name}' has no file '{file}' on the hub.",
            (401 or 403 or 404, _) =>
                $"The hub has no model '{name}' for us: check its name; a private one needs {HubOptions.TokenName}, of an account that may read it.",
            _ => $"The hub does not give '{name}': it answers {status} {response.ReasonPhrase}".TrimEnd() + ".",
        });
    }
}
