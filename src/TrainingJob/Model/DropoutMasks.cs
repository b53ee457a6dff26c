using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Model;

/// <summary>
/// What dropout multiplies by on the CPU: 0 with a probability, else 1 / (1 - that). libtorch draws number after number on one
/// thread, a tenth of a training's time; here each lane of a vector is a generator (Marsaglia 2003, "Xorshift RNGs").
/// </summary>
public sealed class DropoutMasks
{
    private const int ChunkLength = 1 << 16; // gives two threads even work

    private ulong _state;

    /// <summary>What follows depends on nothing else.</summary>
    public void Seed(int seed) => _state = (uint)seed;

    /// <param name="shape">Of the mask.</param>
    /// <param name="probability">Of a 0.</param>
    public Tensor Next(long[] shape, double probability)
    {
        var length = shape.Aggregate((a, b) => a * b);
        var chunks = (int)((length + ChunkLength - 1) / ChunkLength);
        var lanes = Vector512<float>.Count;
        var mask = empty((length + lanes - 1) / lanes * lanes);
        var seed = Mix(ref _state);
        if (chunks == 1)
        {
            Fill(0);
        }
        else
        {
            Parallel.For(0, chunks, Fill);
        }

        return mask.narrow(0, 0, length).view(shape);

        void Fill(int chunk)
        {
            var values = MemoryMarshal.Cast<byte, Vector512<float>>(mask.bytes);
            var start = chunk * ChunkLength / lanes;
            DropoutMasks.Fill(values[start..Math.Min(values.Length, start + (ChunkLength / lanes))], seed + (ulong)chunk, probability);
        }
    }

    private static void Fill(Span<Vector512<float>> mask, ulong seed, double probability)
    {
        var seeds = Vector512<ulong>.Zero;
        for (var i = 0; i < Vector512<ulong>.Count; i++)
        {
            seeds = seeds.WithElement(i, Mix(ref seed));
        }

        var random = seeds.AsUInt32() | Vector512<uint>.One; // a generator that is 0 stays 0
        var dropped = Vector512.Create((uint)(probability * uint.MaxValue));
        var kept = Vector512.Create((float)(1 / (1 - probability)));
        for (var i = 0; i < mask.Length; i++)
        {
            random ^= random << 13;
            random ^= random >>> 17;
            random ^= random << 5;
            mask[i] = kept & Vector512.GreaterThan(random, dropped).AsSingle();
        }
    }

    // Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators": near seeds give numbers that are far apart.
    private static ulong Mix(ref ulong state)
    {
        var mixed = state += 0x9e3779b97f4a7c15;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }
}
