namespace Droptune.Functions.Http;

/// <summary>A kind of error answer: its stable code, its status, and what it means.</summary>
public sealed record ProblemKind(string Code, int Status, string Title);

/// <summary>Every error the API answers with, listed once; docs/api.md shows the same table.</summary>
public static class ProblemKinds
{
    public static readonly ProblemKind EmptyBody = new("empty-body", 400, "The request has no body");
    public static readonly ProblemKind InvalidUtf8 = new("invalid-utf8", 400, "The body is not UTF-8");
    public static readonly ProblemKind InvalidJson = new("invalid-json", 400, "The body is not JSON");
    public static readonly ProblemKind InvalidName = new("invalid-name", 400, "A name is not allowed");
    public static readonly ProblemKind InvalidParameter = new("invalid-parameter", 400, "A query parameter is not allowed");
    public static readonly ProblemKind UnknownParameter = new("unknown-parameter", 400, "There is no such query parameter");
    public static readonly ProblemKind KeyRequired = new("key-required", 401, "A function key is required");
    public static readonly ProblemKind ForeignOrigin = new("foreign-origin", 403, "Another web page may not change anything");
    public static readonly ProblemKind UnknownPath = new("unknown-path", 404, "There is nothing at this address");
    public static readonly ProblemKind UnknownModel = new("unknown-model", 404, "There is no such model");
    public static readonly ProblemKind UnknownVersion = new("unknown-version", 404, "The model has no such version");
    public static readonly ProblemKind UnknownDataset = new("unknown-dataset", 404, "There is no such dataset");
    public static readonly ProblemKind UnknownRun = new("unknown-run", 404, "There is no such run");
    public static readonly ProblemKind UnknownEvaluation = new("unknown-evaluation", 404, "There is no such evaluation");
    public static readonly ProblemKind MethodNotAllowed = new("method-not-allowed", 405, "The address does not take this method");
    public static readonly ProblemKind SlowBody = new("slow-body", 408, "The body did not arrive in time");
    public static readonly ProblemKind NothingServed = new("nothing-served", 409, "The model has no production version");
    public static readonly ProblemKind RunIsOver = new("run-is-over", 409, "The run has ended");
    public static readonly ProblemKind InUse = new("in-use", 409, "It is needed by something else");
    public static readonly ProblemKind NotConfirmed = new("not-confirmed", 409, "The deletion is not confirmed");
    public static readonly ProblemKind BodyTooLarge = new("body-too-large", 413, "The body is too large");
    public static readonly ProblemKind UnsupportedMediaType = new("unsupported-media-type", 415, "The body must be application/json");
    public static readonly ProblemKind InvalidValue = new("invalid-value", 422, "The body has a value that is not allowed");
    public static readonly ProblemKind InvalidFeedback = new("invalid-feedback", 422, "The correction cannot be an example");
    public static readonly ProblemKind TooManyInputs = new("too-many-inputs", 422, "There are too many inputs");
    public static readonly ProblemKind Unexpected = new("unexpected", 500, "Something unexpected failed");
    public static readonly ProblemKind ModelUnavailable = new("model-unavailable", 503, "The model cannot be loaded");
    public static readonly ProblemKind Overloaded = new("overloaded", 503, "There are more requests than can be answered");
    public static readonly ProblemKind StorageUnavailable = new("storage-unavailable", 503, "Storage does not answer");

    public static readonly IReadOnlyList<ProblemKind> All =
    [
        EmptyBody, InvalidUtf8, InvalidJson, InvalidName, InvalidParameter, UnknownParameter, KeyRequired, ForeignOrigin, UnknownPath, UnknownModel, UnknownVersion,
        UnknownDataset, UnknownRun, UnknownEvaluation, MethodNotAllowed, SlowBody, NothingServed, RunIsOver, InUse, NotConfirmed, BodyTooLarge, UnsupportedMediaType,
        InvalidValue, InvalidFeedback, TooManyInputs, Unexpected, ModelUnavailable, Overloaded, StorageUnavailable,
    ];
}
