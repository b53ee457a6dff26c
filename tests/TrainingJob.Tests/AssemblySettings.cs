using Xunit.Sdk;
using Xunit.v3;

// libtorch has one random generator for the process: a run is only reproducible while no other draws from it.
[assembly: Parallelization(Mode = ParallelMode.None)]
